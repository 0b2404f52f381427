import type { OptionDraft } from '../limits/commands.ts';
import type { OptionValue } from '../types/people.ts';
import type { CommandState } from '../world/commands.ts';
import type { World } from '../world/world.ts';
import { resolved } from './resolved.ts';

/** A command with its options as Discord's client sends them, once it has accepted them. */

const SUBCOMMAND = 1;
const STRING = 3;
const INTEGER = 4;
const BOOLEAN = 5;
const NUMBER = 10;
/** Users, channels, roles, and what can be mentioned. */
const BY_ID = new Set([6, 7, 8, 9]);

type Given = Readonly<Record<string, OptionValue>>;

export function commandData(
  world: World,
  asker: { readonly id: string; readonly guildId: string | undefined },
  command: CommandState,
  given: Given,
  more: { readonly subcommand?: string | undefined; readonly focused?: string } = {},
): Record<string, unknown> {
  const whole = command.body.options ?? [];
  const sub = more.subcommand;
  const group = whole.find((one) => one.type === SUBCOMMAND && one.name === sub);
  if (sub !== undefined && !group) throw new Error(`/${command.name} has no subcommand ${sub}`);
  if (sub === undefined && whole.some((one) => one.type <= 2)) {
    throw new Error(`/${command.name} is used with a subcommand`);
  }
  const options = filled(command.name, group?.options ?? (group ? [] : whole), given, more.focused);
  const ids = options.filter((one) => BY_ID.has(one.type)).map((one) => String(one.value));
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    ...(command.guildId !== undefined && { guild_id: command.guildId }),
    ...(group && { options: [{ type: SUBCOMMAND, name: group.name, options }] }),
    ...(!group && options.length > 0 && { options }),
    ...resolved(world, asker.id, asker.guildId, ids),
  };
}

type Filled = { readonly name: string; readonly type: number; readonly value: OptionValue };

function filled(
  command: string,
  options: readonly OptionDraft[],
  given: Given,
  focused: string | undefined,
): Filled[] {
  const unknown = Object.keys(given).find((name) => !options.some((one) => one.name === name));
  if (unknown) throw new Error(`/${command} has no option ${unknown}`);
  return options.flatMap((option) => {
    const value = given[option.name];
    if (value === undefined) {
      // Whoever is still typing has not filled in everything.
      if (!option.required || focused !== undefined) return [];
      throw new Error(`/${command} needs its option ${option.name}`);
    }
    const typing = option.name === focused;
    if (typing && !option.autocomplete) {
      throw new Error(`/${command} completes nothing for ${option.name}`);
    }
    if (!typing) check(command, option, value);
    return [{ name: option.name, type: option.type, value, ...(typing && { focused: true }) }];
  });
}

function check(command: string, option: OptionDraft, value: OptionValue): void {
  const refuse = (why: string): never => {
    throw new Error(`Discord's client refuses /${command} ${option.name}: ${why}`);
  };
  const kind =
    option.type === BOOLEAN
      ? 'boolean'
      : option.type === INTEGER || option.type === NUMBER
        ? 'number'
        : 'string';
  if (typeof value !== kind) refuse(`it takes a ${kind}`);
  if (option.choices?.length && !option.choices.some((choice) => choice.value === value)) {
    refuse(`${value} is none of its choices`);
  }
  if (typeof value === 'string' && option.type === STRING) {
    if (value.length < (option.min_length ?? 0)) refuse('too short');
    if (value.length > (option.max_length ?? 6000)) refuse('too long');
  }
  if (typeof value === 'number') {
    if (option.type === INTEGER && !Number.isInteger(value)) refuse('it takes whole numbers');
    if (value < (option.min_value ?? -(2 ** 53))) refuse('too small');
    if (value > (option.max_value ?? 2 ** 53)) refuse('too large');
  }
}
