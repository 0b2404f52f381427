import type { CommandInteraction } from '../payloads/interaction.ts';

type Options = CommandInteraction['data']['options'];

/** The text typed into an option; undefined when it was left out or blank. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options.find((option) => option.name === name)?.value;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

export const flagOption = (options: Options, name: string): boolean =>
  options.find((option) => option.name === name)?.value === true;
