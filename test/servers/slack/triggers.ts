import { mistake, refusal } from './core.ts';
import type { Ids } from './ids.ts';

/** Trigger ids: proof that a person just did something, good for one modal within a few seconds. */
export type Triggers = {
  issue(team: string, user: string): string;
  /** The person behind it, once. Throws what Slack answers otherwise. */
  exchange(triggerId: string): { readonly team: string; readonly user: string };
};

export function openTriggers(ids: Ids, lifetimeMs: number): Triggers {
  const issued = new Map<
    string,
    { team: string; user: string; atMs: number; exchanged: boolean }
  >();
  return {
    issue: (team, user) => {
      const id = `${Date.now()}.${issued.size}.${ids.hex(32)}`;
      issued.set(id, { team, user, atMs: performance.now(), exchanged: false });
      return id;
    },
    exchange: (triggerId) => {
      const trigger = issued.get(triggerId);
      if (trigger === undefined) throw mistake('invalid_trigger_id');
      if (trigger.exchanged) throw mistake('exchanged_trigger_id');
      if (performance.now() - trigger.atMs > lifetimeMs) throw refusal('expired_trigger_id');
      trigger.exchanged = true;
      return { team: trigger.team, user: trigger.user };
    },
  };
}
