import { REST, Routes } from 'discord.js';
import { z } from 'zod';
import { type CommandDefinition, commandDefinitions } from './commands/definitions.ts';
import type { DiscordConfig } from './config.ts';
import { loginFailure } from './login.ts';
import { restOptions } from './rest.ts';

export type CommandChange = {
  readonly name: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Fields that differ, for a changed one. */
  readonly fields: readonly string[];
};

export type Registered = {
  readonly changes: readonly CommandChange[];
  /** Whether Discord was told; never in a dry run, and not when there was nothing to tell. */
  readonly written: boolean;
};

/**
 * Makes Discord know exactly our commands, everywhere the app is installed. Looks first, and writes only when
 * something differs: commands can be created 200 times a day and no more.
 */
export async function registerCommands(
  config: DiscordConfig,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Registered> {
  const rest = new REST(restOptions(config)).setToken(config.token);
  try {
    const changes = await commandChanges(rest, config.applicationId);
    const written = !dryRun && changes.length > 0;
    if (written) {
      await rest.put(Routes.applicationCommands(config.applicationId), {
        body: commandDefinitions(),
      });
    }
    return { changes, written };
  } catch (error) {
    throw loginFailure(error);
  } finally {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  }
}

const storedSchema = z.array(z.looseObject({ name: z.string(), type: z.number().default(1) }));

/** What would have to change for Discord to know our commands. */
export async function commandChanges(
  rest: REST,
  applicationId: string,
): Promise<readonly CommandChange[]> {
  const query = new URLSearchParams({ with_localizations: 'true' });
  const stored = storedSchema.parse(
    await rest.get(Routes.applicationCommands(applicationId), { query }),
  );
  const key = ({ type, name }: { readonly type: number; readonly name: string }) =>
    `${type}:${name}`;
  const before = new Map(stored.map((command) => [key(command), command]));
  const wanted = commandDefinitions();
  const kept = new Set(wanted.map(key));
  return [
    ...wanted.flatMap((definition): CommandChange[] => {
      const known = before.get(key(definition));
      if (known === undefined) return [{ name: definition.name, change: 'added', fields: [] }];
      const fields = differences(definition, known);
      return fields.length === 0 ? [] : [{ name: definition.name, change: 'changed', fields }];
    }),
    ...stored
      .filter((command) => !kept.has(key(command)))
      .map(({ name }): CommandChange => ({ name, change: 'removed', fields: [] })),
  ];
}

/** Everything that we may set and could be set differently; the rest Discord fills in itself. */
const compared = [
  'description',
  'description_localizations',
  'name_localizations',
  'options',
  'default_member_permissions',
  'integration_types',
  'contexts',
] as const;

function differences(
  wanted: CommandDefinition,
  stored: Readonly<Record<string, unknown>>,
): readonly string[] {
  return compared.filter((field) => meaning(field, wanted) !== meaning(field, stored));
}

function meaning(field: string, command: Readonly<Record<string, unknown>>): string {
  // A message command has no description, which Discord gives back as an empty one.
  const value = command[field] === '' ? null : (command[field] ?? null);
  return canonical(
    field === 'default_member_permissions' && value !== null ? String(value) : value,
  );
}

/**
 * One text for what means the same: Discord leaves out or fills in defaults, and gives sets and objects in its
 * own order.
 */
function canonical(value: unknown): string {
  return JSON.stringify(normal(value)) ?? 'null';
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal);
    return items.every((item) => typeof item === 'number') ? items.toSorted() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, inner]) => !isDefault(inner))
    .map(([key, inner]) => [key, normal(inner)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

const isDefault = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);
