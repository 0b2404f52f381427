import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
} from 'discord.js';
import { type Language, type Say, type StringKey, stringsFor } from '../../strings/strings.ts';

/** The message command's name as events carry it: the English one, whatever people see. */
export const aboutCommand = stringsFor('en')('shortcut.ask');

/** Discord's locales for the languages we speak, English being the default. */
const locales: readonly (readonly [locale: string, language: Language])[] = [
  ['de', 'de'],
  ['es-ES', 'es'],
  ['es-419', 'es'],
  ['fr', 'fr'],
  ['ja', 'ja'],
  ['pt-BR', 'pt'],
];

const longestDescription = 100;
const longestName = 32;

const everywhere = {
  integration_types: [
    ApplicationIntegrationType.GuildInstall,
    ApplicationIntegrationType.UserInstall,
  ],
  contexts: [
    InteractionContextType.Guild,
    InteractionContextType.BotDM,
    InteractionContextType.PrivateChannel,
  ],
};
/** What needs the bot itself to be there. */
const whereTheBotIs = {
  integration_types: [ApplicationIntegrationType.GuildInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
};
const inServers = {
  integration_types: [ApplicationIntegrationType.GuildInstall],
  contexts: [InteractionContextType.Guild],
};

export type CommandDefinition = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly type: ApplicationCommandType;
};

const textOption = (name: string, key: PlainKey, more: object = {}) => ({
  type: ApplicationCommandOptionType.String,
  name,
  ...described(say(key)),
  ...more,
});

const privateOption = () => ({
  type: ApplicationCommandOptionType.Boolean,
  name: 'private',
  ...described(say('option.private')),
});

/** Everything that Discord is to know of our commands. */
export function commandDefinitions(): readonly CommandDefinition[] {
  const type = ApplicationCommandType.ChatInput;
  return [
    {
      type,
      name: 'ask',
      ...described(say('command.ask')),
      ...everywhere,
      options: [
        textOption('question', 'option.question', { required: true }),
        textOption('author', 'option.author', { autocomplete: true }),
        textOption('source', 'option.source', { autocomplete: true }),
        textOption('since', 'option.since', { autocomplete: true }),
        privateOption(),
      ],
    },
    { type, name: 'sources', ...described(say('command.sources')), ...everywhere },
    { type, name: 'style', ...described(say('command.style')), ...everywhere },
    { type, name: 'feedback', ...described(say('command.feedback')), ...everywhere },
    { type, name: 'help', ...described(say('command.help')), ...everywhere },
    {
      type,
      name: 'summary',
      ...described(say('command.summary')),
      ...whereTheBotIs,
      options: [privateOption()],
    },
    {
      type,
      name: 'settings',
      ...described(say('command.settings')),
      ...inServers,
      // Documented as a text, specified as a number, taken as either, and given back as a text.
      default_member_permissions: Number(PermissionFlagsBits.ManageChannels),
    },
    {
      type: ApplicationCommandType.Message,
      name: aboutCommand,
      name_localizations: localised(say('shortcut.ask'), longestName),
      ...everywhere,
    },
  ];
}

type Words = (say: Say) => string;
/** Keys without places. */
type PlainKey = Extract<
  StringKey,
  | `command.${'ask' | 'sources' | 'style' | 'feedback' | 'help' | 'settings' | 'summary'}`
  | `option.${string}`
  | 'shortcut.ask'
>;

function say(key: PlainKey): Words {
  return (inLanguage) => inLanguage(key);
}

const described = (words: Words) => ({
  description: cut(words(stringsFor('en')), longestDescription),
  description_localizations: localised(words, longestDescription),
});

const localised = (words: Words, longest: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    locales.map(([locale, language]) => [locale, cut(words(stringsFor(language)), longest)]),
  );

const cut = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, most - 1).trimEnd()}…`;
