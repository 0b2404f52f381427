import { type CommandDraft, commandErrors, type OptionDraft } from '../limits/commands.ts';
import { ApiError, type FieldError, limitBroken } from '../rest/errors.ts';
import type { World } from './world.ts';

export type CommandState = {
  readonly id: string;
  readonly guildId: string | undefined;
  readonly name: string;
  readonly type: number;
  readonly version: string;
  readonly body: CommandDraft;
};

/** The application's commands: global ones, and those of single guilds. */
export type CommandStore = {
  readonly list: (guildId: string | undefined) => CommandState[];
  readonly get: (guildId: string | undefined, id: string) => CommandState;
  /** Creates, or overwrites the one of the same name and type. */
  readonly put: (
    guildId: string | undefined,
    body: CommandDraft,
  ) => { command: CommandState; fresh: boolean };
  readonly replaceAll: (
    guildId: string | undefined,
    bodies: readonly CommandDraft[],
  ) => CommandState[];
  readonly patch: (
    guildId: string | undefined,
    id: string,
    body: Partial<CommandDraft>,
  ) => CommandState;
  readonly remove: (guildId: string | undefined, id: string) => void;
  /** What a person sees under this name in a guild, or outside of any. */
  readonly find: (
    guildId: string | undefined,
    name: string,
    type: number,
  ) => CommandState | undefined;
  readonly writes: () => number;
};

const PER_SCOPE = 100;

export function createCommands(world: World): CommandStore {
  const all = new Map<string, CommandState>();
  let writes = 0;
  const list = (guildId: string | undefined) =>
    [...all.values()].filter((command) => command.guildId === guildId);
  const store = (guildId: string | undefined, body: CommandDraft, path: readonly number[] = []) => {
    const errors: FieldError[] = commandErrors(body).map((error) => ({
      ...error,
      path: [...path, ...error.path],
    }));
    if (errors.length > 0) throw limitBroken(errors);
    const type = body.type ?? 1;
    const old = list(guildId).find((one) => one.name === body.name && one.type === type);
    if (!old && list(guildId).filter((one) => one.type === type).length >= PER_SCOPE) {
      throw new ApiError(30_032, { violation: 'limit' });
    }
    const same = old && JSON.stringify(old.body) === JSON.stringify(body);
    const command: CommandState = {
      id: old?.id ?? world.newId(),
      guildId,
      name: body.name,
      type,
      version: same ? old.version : world.newId(),
      body,
    };
    all.set(command.id, command);
    return { command, fresh: !old };
  };
  const get = (guildId: string | undefined, id: string) => {
    const found = all.get(id);
    if (!found || found.guildId !== guildId) throw new ApiError(10_063);
    return found;
  };
  return {
    list,
    get,
    put: (guildId, body) => {
      writes++;
      return store(guildId, body);
    },
    replaceAll: (guildId, bodies) => {
      writes++;
      const errors = bodies.flatMap((body, index) =>
        commandErrors(body).map((error) => ({ ...error, path: [index, ...error.path] })),
      );
      if (errors.length > 0) throw limitBroken(errors);
      const kept = new Set(bodies.map((body) => `${body.type ?? 1} ${body.name}`));
      for (const old of list(guildId)) if (!kept.has(`${old.type} ${old.name}`)) all.delete(old.id);
      return bodies.map((body, index) => store(guildId, body, [index]).command);
    },
    patch: (guildId, id, body) => {
      writes++;
      const old = get(guildId, id);
      all.delete(id);
      const next = { ...old.body, ...body };
      const errors = commandErrors(next);
      if (errors.length > 0) {
        all.set(id, old);
        throw limitBroken(errors);
      }
      const command = { ...old, name: next.name, version: world.newId(), body: next };
      all.set(id, command);
      return command;
    },
    remove: (guildId, id) => {
      writes++;
      all.delete(get(guildId, id).id);
    },
    find: (guildId, name, type) => {
      const visible =
        guildId === undefined ? list(undefined) : [...list(guildId), ...list(undefined)];
      return visible.find((one) => one.name === name && one.type === type);
    },
    writes: () => writes,
  };
}

/** A command as Discord gives it back: defaults filled in, absent and false fields of options left out. */
export function commandPayload(world: World, command: CommandState, localized: boolean) {
  const { options, ...body } = command.body;
  return {
    ...without(body, localized ? [] : LOCALIZATIONS),
    ...(localized && {
      name_localizations: body['name_localizations'] ?? null,
      description_localizations: body['description_localizations'] ?? null,
    }),
    id: command.id,
    application_id: world.applicationId,
    ...(command.guildId !== undefined && { guild_id: command.guildId }),
    version: command.version,
    name: command.name,
    type: command.type,
    description: body.description ?? '',
    // Taken as a number too, given back as a string always.
    default_member_permissions: body['default_member_permissions']?.toString() ?? null,
    // Where a command may be used is said of global ones only.
    ...(command.guildId === undefined && {
      dm_permission: body['dm_permission'] ?? true,
      contexts: body['contexts'] ?? null,
      integration_types: body['integration_types'] ?? [0],
    }),
    nsfw: body['nsfw'] ?? false,
    ...(options?.length && { options: options.map((option) => optionPayload(option, localized)) }),
  };
}

const LOCALIZATIONS = ['name_localizations', 'description_localizations'];

function optionPayload(option: OptionDraft, localized: boolean): Record<string, unknown> {
  const { options, choices, ...fields } = option;
  const present = Object.entries(fields).filter(([, value]) => value !== null && value !== false);
  return {
    ...without(Object.fromEntries(present), localized ? [] : LOCALIZATIONS),
    ...(choices?.length && {
      choices: choices.map((choice) => without({ ...choice }, localized ? [] : LOCALIZATIONS)),
    }),
    ...(options?.length && { options: options.map((inner) => optionPayload(inner, localized)) }),
  };
}

function without(fields: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => !names.includes(key) && value !== undefined),
  );
}
