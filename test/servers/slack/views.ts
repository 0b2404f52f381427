import { checkView, type ViewSource } from './blocks/views.ts';
import type { Core } from './core.ts';
import { mistake } from './core.ts';
import { withIds } from './messages.ts';
import type { StoredView, Team } from './team.ts';
import type { Block } from './types.ts';
import type { Json } from './wire.ts';

const MOST_ON_STACK = 3;

/** Opens a modal on a person's screen, or on top of the one that is there. */
export function showModal(core: Core, team: Team, user: string, source: unknown): StoredView {
  const given = checkView(source, 'modal');
  const stack = team.modals.get(user) ?? [];
  if (stack.length >= MOST_ON_STACK) throw mistake('push_limit_reached');
  const below = stack.at(-1);
  const view = createView(core, team, user, given);
  view.previous_view_id = below?.id ?? null;
  view.root_view_id = stack[0]?.id ?? view.id;
  team.modals.set(user, [...stack, view]);
  core.changes.changed();
  return view;
}

/** Replaces what a view shows; its id stays. */
export function changeView(core: Core, team: Team, view: StoredView, source: unknown): StoredView {
  const given = checkView(source, view.type);
  refuseDoubled(team, given.external_id, view);
  Object.assign(view, faceOf(core, given), { errors: {} });
  core.changes.changed();
  return view;
}

export function publishHome(core: Core, team: Team, user: string, source: unknown): StoredView {
  const given = checkView(source, 'home');
  const known = team.homes.get(user);
  const view = known ?? createView(core, team, user, given);
  if (known !== undefined) Object.assign(view, faceOf(core, given));
  team.homes.set(user, view);
  core.changes.changed();
  return view;
}

function createView(core: Core, team: Team, user: string, given: ViewSource): StoredView {
  refuseDoubled(team, given.external_id);
  const id = core.ids.id('V');
  const view: StoredView = {
    id,
    type: given.type,
    user,
    errors: {},
    root_view_id: id,
    previous_view_id: null,
    ...faceOf(core, given),
  };
  team.views.set(id, view);
  return view;
}

function faceOf(core: Core, given: ViewSource) {
  return {
    hash: `${Math.floor(Date.now() / 1_000)}.${core.ids.hex(8)}`,
    title: given.type === 'modal' ? given.title.text : '',
    callback_id: given.callback_id ?? '',
    private_metadata: given.private_metadata ?? '',
    external_id: given.external_id ?? '',
    blocks: withIds(core, given.blocks as Block[]),
    source: given as Readonly<Record<string, unknown>>,
  };
}

function refuseDoubled(team: Team, externalId: string | undefined, self?: StoredView): void {
  if (externalId === undefined || externalId === '') return;
  const taken = [...team.views.values()].some(
    (view) => view !== self && view.external_id === externalId,
  );
  if (taken) throw mistake('duplicate_external_id');
}

/** A view as answers and interactions show it. */
export function viewJson(core: Core, team: Team, view: StoredView, state: Json = {}): Json {
  const { source } = view;
  return {
    id: view.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata,
    callback_id: view.callback_id,
    state: { values: state },
    hash: view.hash,
    title: source['title'] ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: source['clear_on_close'] ?? false,
    notify_on_close: source['notify_on_close'] ?? false,
    close: source['close'] ?? null,
    submit: source['submit'] ?? null,
    previous_view_id: view.previous_view_id,
    root_view_id: view.root_view_id,
    app_id: core.app.id,
    external_id: view.external_id,
    app_installed_team_id: team.id,
    bot_id: team.bot.id,
  };
}

/** Takes the modal on top away, or all of them. */
export function closeModal(core: Core, team: Team, user: string, all: boolean): void {
  const stack = team.modals.get(user) ?? [];
  const gone = all ? stack : stack.slice(-1);
  for (const view of gone) team.views.delete(view.id);
  team.modals.set(user, all ? [] : stack.slice(0, -1));
  core.changes.changed();
}
