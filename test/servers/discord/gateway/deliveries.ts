import type { Announcement } from '../world/world.ts';
import { dispatch, type Session } from './session.ts';

type Rule = { readonly event: string | undefined; readonly strikes: () => boolean };

/** How events go out when all is not well: twice, or in the wrong order. */
export type Deliveries = {
  readonly duplicate: (rule: Rule) => void;
  readonly swap: (rule: Rule) => void;
  readonly send: (session: Session, event: Announcement, data: Record<string, unknown>) => void;
};

export function createDeliveries(): Deliveries {
  const duplicates: Rule[] = [];
  const swaps: Rule[] = [];
  const struck = (rules: readonly Rule[], name: string) =>
    rules.some(({ event, strikes }) => (event === undefined || event === name) && strikes());
  return {
    duplicate: (rule) => void duplicates.push(rule),
    swap: (rule) => void swaps.push(rule),
    send: (session, { name }, data) => {
      if (session.held.length === 0 && struck(swaps, name)) {
        session.held.push({ name, data });
        return;
      }
      dispatch(session, name, data);
      if (struck(duplicates, name)) dispatch(session, name, structuredClone(data));
      for (const late of session.held.splice(0)) dispatch(session, late.name, late.data);
    },
  };
}

export function nextTimes(event: string | undefined, times: number): Rule {
  let left = times;
  return { event, strikes: () => left-- > 0 };
}

export function everyNth(event: string | undefined, n: number): Rule {
  let seen = 0;
  return { event, strikes: () => ++seen % n === 0 };
}
