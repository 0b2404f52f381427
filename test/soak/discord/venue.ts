import { registerCommands } from '../../../bots/discord/register.ts';
import {
  type Asked,
  type Channel,
  type MessageRef,
  type SeenMessage,
  startDiscordServer,
} from '../../servers/discord/server.ts';
import { patienceMs, type Reception, type Shown, type Venue } from '../venue.ts';
import { beUnreliable, disturbDiscord, type Quietly } from './faults.ts';

export type DiscordVenueOptions = {
  readonly channels: number;
  readonly people: number;
  readonly seed: number;
  /** Share of requests that fail. */
  readonly unreliable: number;
  readonly quietly: Quietly;
};

/** What was said, and where its answer may stand. */
type Ref = { readonly message: MessageRef } | { readonly asked: Asked };

/** Discord's own lines about threads, in the bot's name. */
const platformLines = new Set([18, 21]);

export async function openDiscordVenue(options: DiscordVenueOptions): Promise<Venue> {
  // Three seconds on the platform; two busy cores may stand still for as long. How long it took is measured.
  const discord = await startDiscordServer({ interactionDeadlineMs: patienceMs });
  await registerCommands(
    {
      token: discord.bot.token,
      applicationId: discord.bot.applicationId,
      messageContent: true,
      http: null,
      gateway: true,
      apiUrl: discord.apiUrl,
    },
    { dryRun: false },
  );
  const guild = discord.guild('Theatre');
  const channels = Array.from({ length: options.channels }, (_, index) =>
    guild.channel(`stage-${index}`),
  );
  const people = Array.from({ length: options.people }, (_, index) =>
    guild.member(`Person ${index}`),
  );
  const channelAt = (index: number): Channel => channels[index % channels.length] as Channel;
  const person = (index: number) => people[index % people.length] as (typeof people)[number];
  const commands: Asked[] = [];
  const disturbed: Record<string, number> = {};

  const received = async (asked: Asked): Promise<Reception> => {
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, patienceMs + 1_000, 'late'));
    const met = await Promise.race([asked.acknowledged, late]);
    return met === 'late' ? 'refused-by-platform' : 'acknowledged';
  };
  const own = (message: SeenMessage) =>
    message.author.id === discord.bot.id && !platformLines.has(typeOf(message));
  const unanswered = () =>
    discord.unanswered().map(({ id }) => `interaction ${id} was never answered`);
  /** Messages that answer a command, with the place they count for. */
  const places = () =>
    new Map(
      commands.flatMap((asked) =>
        asked.messages().map(({ id }) => [id, `command:${asked.id}`] as const),
      ),
    );
  const abandoned = new Set<string>();
  const everywhere = () => [
    ...channels.flatMap((channel) => [channel, ...discord.threads(channel)]),
    ...people.map((one) => one.dm()),
  ];

  beUnreliable(discord, options.unreliable, options.seed);
  return {
    name: 'discord',
    environment: {
      DISCORD_TOKEN: discord.bot.token,
      DISCORD_APPLICATION_ID: discord.bot.applicationId,
      DISCORD_API_URL: discord.apiUrl,
    },
    keepsEvents: false,
    isConnected: () => discord.gateway.connected().length > 0,
    mention(channel, who, text) {
      const content = `${discord.bot.mention} ${text}`;
      const message = person(who).says({ channel: channelAt(channel), content });
      return { place: message.id, ref: { message } };
    },
    follow(root, who, text) {
      const channel = discord.channel(root.place);
      if (channel === undefined) return undefined;
      const message = person(who).says({ channel, content: text });
      return { place: root.place, ref: { message } };
    },
    direct(who, text) {
      const message = person(who).says({ channel: person(who).dm(), content: text });
      return { place: message.channelId, ref: { message } };
    },
    command(channel, who, text) {
      const asked = person(who).runs({
        channel: channelAt(channel),
        command: 'ask',
        options: { question: text, ...(who % 2 === 0 && { private: true }) },
      });
      commands.push(asked);
      return { said: { place: `command:${asked.id}`, ref: { asked } }, received: received(asked) };
    },
    edit(said, who, text) {
      const ref = said.ref as Ref;
      if (!('message' in ref)) return;
      const before = discord.message(ref.message)?.content ?? '';
      const mention = before.startsWith(discord.bot.mention) ? `${discord.bot.mention} ` : '';
      person(who).edits(ref.message, `${mention}${text}`);
    },
    remove(said, who) {
      const ref = said.ref as Ref;
      if ('message' in ref) person(who).deletes(ref.message);
    },
    chat(channel, who, text) {
      const message = person(who).says({ channel: channelAt(channel), content: text });
      return { place: message.id, ref: { message } };
    },
    press(message, who, button) {
      const [channelId = '', id = ''] = message.id.split(':');
      return received(person(who).presses({ id, channelId }, new RegExp(`^twin:${button}:`, 'u')));
    },
    shownIn({ place, ref }) {
      const said = ref as Ref;
      if ('asked' in said) return said.asked.messages().map((one) => shownOf(one, place));
      return discord
        .messages(place)
        .filter((one) => own(one) && one.ephemeralFor === undefined)
        .map((one) => shownOf(one, placeOf(one)));
    },
    shown() {
      const known = places();
      return everywhere()
        .flatMap((channel) => discord.messages(channel, { deleted: true }).filter(own))
        .filter(({ id }) => !abandoned.has(id))
        .map((one) => shownOf(one, known.get(one.id) ?? placeOf(one)));
    },
    waiting: unanswered,
    processDied() {
      // What a press was to bring, for one person alone, has a token that nobody kept.
      const left = people
        .flatMap((one) => discord.ephemerals(one))
        .filter(({ thinking }) => thinking);
      const pressed = left.filter(({ id }) => !places().has(id));
      for (const { id } of pressed) abandoned.add(id);
      return [...unanswered(), ...pressed.map(({ id }) => `a press brought nothing: ${id}`)];
    },
    violations: () =>
      discord.violations.map((one) => `${one.kind} (${one.operation}): ${one.message}`),
    async disturb(random) {
      const what = await disturbDiscord(discord, random, options.quietly);
      disturbed[what] = (disturbed[what] ?? 0) + 1;
    },
    calm: () => discord.faults.clear(),
    acknowledgedMs: () => discord.asked().flatMap((asked) => asked.tookMs() ?? []),
    mishaps() {
      const counts = { ...disturbed };
      for (const { fault } of discord.faults.struck) {
        counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
      }
      return counts;
    },
    close: () => discord.close(),
  };

  /** A thread under a question has the question's id; where none could be opened the answer replies to it. */
  function placeOf({ channelId, replyTo, ephemeralFor }: SeenMessage): string {
    if (ephemeralFor !== undefined) return `${channelId}:only:${ephemeralFor}`;
    const inChannel = channels.some(({ id }) => id === channelId);
    return inChannel ? (replyTo ?? `${channelId}:loose`) : channelId;
  }
}

const typeOf = ({ versions }: SeenMessage): number => versions[0]?.payload.type ?? 0;

const shownOf = (message: SeenMessage, place: string): Shown => ({
  id: `${message.channelId}:${message.id}`,
  place,
  text: message.deleted ? '' : message.text,
  unfinished: unfinished(message),
  pings: message.pinged,
  // When a message was deleted is not kept: what it showed counts for the moment it was shown.
  versions: message.deleted ? [] : message.versions,
});

function unfinished({ deleted, thinking, text, controls }: SeenMessage): string | null {
  if (deleted) return null;
  if (thinking) return 'it is still thinking';
  if (text === '…') return 'it still holds a place';
  return controls.some(({ customId }) => customId?.startsWith('twin:stop:'))
    ? 'it can still be stopped'
    : null;
}
