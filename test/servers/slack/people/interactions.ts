import { z } from 'zod';
import { type Core, Refusal } from '../core.ts';
import { respond } from '../response-urls.ts';
import type { Channel, StoredMessage, StoredView, Team } from '../team.ts';
import type { FormValues, Interaction } from '../types.ts';
import { changeView, closeModal, showModal } from '../views.ts';
import { controlsOf, type Pressable } from '../visible.ts';
import type { Json } from '../wire.ts';
import { formState } from './forms.ts';
import { actionPayload, commandPayload, shortcutPayload, viewPayload } from './payloads.ts';

export type Place =
  | { readonly channel: Channel; readonly message: StoredMessage }
  | { readonly view: StoredView };

/** Presses or chooses something, and reports what the app made of it. */
export async function act(
  core: Core,
  team: Team,
  user: string,
  where: Place,
  control: Pressable,
  pressed: Json,
): Promise<Interaction> {
  const payload = actionPayload(core, team, user, control, pressed, where);
  const met = await core.outbox.interaction('interactive', 'block_actions', payload);
  refuseAnswer(core, 'block_actions', met);
  return met;
}

export async function command(
  core: Core,
  team: Team,
  user: string,
  channel: Channel,
  name: string,
  text: string,
): Promise<Interaction> {
  mayInteract(team);
  if (core.app.commands !== undefined && !core.app.commands.has(name)) {
    throw new Error(`The app has no command ${name}: Slack would not know it.`);
  }
  const payload = commandPayload(core, team, user, channel, name, text);
  const met = await core.outbox.interaction('slash_commands', name, payload);
  if (met.payload !== undefined) {
    guarded(core, name, () => respond(core, { team, user, channel }, met.payload));
  }
  return met;
}

export async function shortcut(
  core: Core,
  team: Team,
  user: string,
  callbackId: string,
  on: { readonly channel: Channel; readonly message: StoredMessage } | undefined,
): Promise<Interaction> {
  mayInteract(team);
  if (core.app.shortcuts !== undefined && !core.app.shortcuts.has(callbackId)) {
    throw new Error(`The app has no shortcut ${callbackId}.`);
  }
  const payload = shortcutPayload(core, team, user, callbackId, on);
  const met = await core.outbox.interaction('interactive', String(payload['type']), payload);
  refuseAnswer(core, callbackId, met);
  return met;
}

/** Commands and shortcuts show up only for an app that was given the scope for them. */
function mayInteract(team: Team): void {
  if (!team.scopes.has('commands')) throw new Error('The app lacks the scope `commands`.');
}

const view = z.unknown();
const viewAnswer = z.discriminatedUnion('response_action', [
  z.strictObject({
    response_action: z.literal('errors'),
    errors: z.record(z.string(), z.string().min(1)),
  }),
  z.strictObject({ response_action: z.literal('update'), view }),
  z.strictObject({ response_action: z.literal('push'), view }),
  z.strictObject({ response_action: z.literal('clear') }),
]);

export async function submit(
  core: Core,
  team: Team,
  shown: StoredView,
  values: FormValues,
): Promise<Interaction> {
  const state = formState(shown.blocks, values);
  const payload = viewPayload(core, team, shown, 'view_submission', state);
  const met = await core.outbox.interaction('interactive', 'view_submission', payload);
  if (met.outcome === 'acknowledged') {
    guarded(core, 'view_submission', () => settle(core, team, shown, met.payload));
  }
  return met;
}

function settle(core: Core, team: Team, shown: StoredView, payload: unknown): void {
  if (payload === undefined) {
    closeModal(core, team, shown.user, false);
    return;
  }
  const parsed = viewAnswer.safeParse(payload);
  if (!parsed.success) throw new Refusal('invalid_response_action', { mistake: true });
  const answer = parsed.data;
  switch (answer.response_action) {
    case 'errors': {
      const inputs = shown.blocks.filter(({ type }) => type === 'input').map((it) => it.block_id);
      const unknown = Object.keys(answer.errors).filter((id) => !inputs.includes(id));
      if (unknown.length > 0) {
        const messages = [`errors for blocks that are no inputs: ${unknown.join(', ')}`];
        throw new Refusal('invalid_response_action', { mistake: true, messages });
      }
      shown.errors = answer.errors;
      core.changes.changed();
      return;
    }
    case 'update':
      changeView(core, team, shown, answer.view);
      return;
    case 'push':
      showModal(core, team, shown.user, answer.view);
      return;
    case 'clear':
      closeModal(core, team, shown.user, true);
      return;
    default:
      answer satisfies never;
  }
}

export async function close(
  core: Core,
  team: Team,
  shown: StoredView,
): Promise<Interaction | undefined> {
  const payload = viewPayload(core, team, shown, 'view_closed', {});
  closeModal(core, team, shown.user, false);
  if (shown.source['notify_on_close'] !== true) return undefined;
  return core.outbox.interaction('interactive', 'view_closed', payload);
}

export function findControl(where: Place, actionId: string): Pressable {
  const blocks = 'view' in where ? where.view.blocks : where.message.blocks;
  const controls = controlsOf(blocks);
  const found = controls.find(({ action_id }) => action_id === actionId);
  if (found === undefined) {
    const there = controls.map(({ action_id }) => action_id).join(', ');
    throw new Error(`Nothing to press is called ${actionId}. There is: ${there || 'nothing'}`);
  }
  return found;
}

function refuseAnswer(core: Core, name: string, { payload }: Interaction): void {
  if (payload !== undefined) {
    core.violate('payload_not_accepted', name, 'this interaction takes no payload', payload);
  }
}

function guarded(core: Core, name: string, run: () => void): void {
  try {
    run();
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    core.violate(failure.detail.code ?? failure.error, name, failure.message);
  }
}
