import { InteractionResponseType } from 'discord.js';
import type { Desk } from '../desk.ts';
import type { Asked, Respond } from '../interactions/asked.ts';
import type { AutocompleteInteraction } from '../payloads/interaction.ts';
import { suggestedSince } from './since.ts';

type Choice = { readonly name: string; readonly value: string };

/** Discord's limits: 25 choices, names and values of up to 100 characters. */
const mostChoices = 25;
const longest = 100;

/** What fits what is being typed, out of what the person may see. */
export async function complete(
  desk: Desk,
  interaction: AutocompleteInteraction,
  asked: Asked,
  respond: Respond,
): Promise<void> {
  const focused = interaction.data.options.find((option) => option.focused);
  const typed = typeof focused?.value === 'string' ? focused.value : '';
  const choices = await choicesFor(desk, asked, focused?.name ?? '', typed);
  await respond({
    type: InteractionResponseType.ApplicationCommandAutocompleteResult,
    data: { choices: choices.slice(0, mostChoices) },
  });
}

async function choicesFor(
  { conversation, knowledge, now }: Desk,
  { place, person, say }: Asked,
  option: string,
  typed: string,
): Promise<readonly Choice[]> {
  const allowed = await conversation.access(place, person);
  if (!allowed.allowed) return [];
  if (option === 'author') {
    const authors = await knowledge.authors(allowed.access);
    return fitting(
      authors.map(({ id, name }) => ({ name, value: id })),
      typed,
    );
  }
  if (option === 'source') {
    const sources = await knowledge.sources(allowed.access);
    return fitting(
      sources.map(({ name }) => ({ name, value: name })),
      typed,
    );
  }
  if (option !== 'since') return [];
  return suggestedSince(typed, await knowledge.overview(allowed.access), say, now());
}

/** Those that begin with it, then those that contain it, each in the order of the corpus. */
function fitting(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  const at = ({ name }: Choice) => name.toLowerCase().indexOf(wanted);
  const usable = choices.filter(({ value }) => value.length <= longest);
  return [
    ...usable.filter((choice) => at(choice) === 0),
    ...usable.filter((choice) => at(choice) > 0),
  ].map(({ name, value }) => ({ name: shortened(name), value }));
}

const shortened = (name: string): string =>
  name.length <= longest ? name : `${name.slice(0, longest - 1)}…`;
