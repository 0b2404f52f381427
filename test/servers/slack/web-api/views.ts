import { z } from 'zod';
import { mistake, refusal } from '../core.ts';
import type { StoredView, Team } from '../team.ts';
import { personIn } from '../team.ts';
import { changeView, publishHome, showModal, viewJson } from '../views.ts';
import { json } from './args.ts';
import { type Answer, type Call, method } from './method.ts';

const byTrigger = { trigger_id: z.string().min(1), view: json };

export const viewMethods = {
  'views.open': method({
    tier: 4,
    args: byTrigger,
    run: ({ trigger_id, view }, call) => opened(call, trigger_id, view, false),
  }),
  'views.push': method({
    tier: 4,
    args: byTrigger,
    run: ({ trigger_id, view }, call) => opened(call, trigger_id, view, true),
  }),
  'views.update': method({
    tier: 4,
    args: {
      view: json,
      view_id: z.string().optional(),
      external_id: z.string().optional(),
      hash: z.string().optional(),
    },
    run: ({ view, view_id, external_id, hash }, { core, team }) => {
      if ((view_id === undefined) === (external_id === undefined)) {
        throw mistake('invalid_arguments', 'give one of view_id and external_id');
      }
      const known = [...team.views.values()].find((one) =>
        view_id === undefined ? one.external_id === external_id : one.id === view_id,
      );
      // The person may have closed it meanwhile.
      if (known === undefined) throw refusal('not_found');
      sameHash(known, hash);
      return { view: viewJson(core, team, changeView(core, team, known, view)) };
    },
  }),
  'views.publish': method({
    tier: 4,
    args: { user_id: z.string(), view: json, hash: z.string().optional() },
    run: ({ user_id, view, hash }, { core, team }) => {
      const person = personIn(team, user_id);
      const shown = team.homes.get(person.id);
      if (shown !== undefined) sameHash(shown, hash);
      return { view: viewJson(core, team, publishHome(core, team, person.id, view)) };
    },
  }),
};

function opened({ core, team }: Call, triggerId: string, view: unknown, push: boolean): Answer {
  const trigger = core.triggers.exchange(triggerId);
  if (trigger.team !== team.id) throw mistake('invalid_trigger_id');
  const depth = openModals(team, trigger.user);
  if (push && depth === 0) throw mistake('not_found', 'no modal is open to push on');
  if (!push && depth > 0) team.modals.set(trigger.user, []);
  return { view: viewJson(core, team, showModal(core, team, trigger.user, view)) };
}

function openModals(team: Team, user: string): number {
  return team.modals.get(user)?.length ?? 0;
}

function sameHash(view: StoredView, hash: string | undefined): void {
  if (hash !== undefined && hash !== view.hash) throw refusal('hash_conflict');
}
