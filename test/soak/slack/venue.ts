import manifest from '../../../bots/slack/manifest.json' with { type: 'json' };
import {
  buttonsOf,
  type Message,
  pingsOf,
  startSlackServer,
  visibleText,
} from '../../servers/slack/server.ts';
import { honest } from '../honest.ts';
import { patienceMs, type Said, type Shown, type Venue } from '../venue.ts';
import { beUnreliable, disturbSlack } from './faults.ts';

export type SlackVenueOptions = {
  readonly channels: number;
  readonly people: number;
  readonly seed: number;
  /** Share of calls that fail. */
  readonly unreliable: number;
  /** Whether calls may time out, which costs twenty seconds each. */
  readonly patient: boolean;
};

/** `root` null: seen by one person alone, in the channel itself. */
type Ref = { readonly channel: string; readonly root: string | null; readonly message: Message };

const userId = (person: number) => `U${person + 1}`;
const channelId = (channel: number) => `C${channel + 1}`;

export async function openSlackVenue(options: SlackVenueOptions): Promise<Venue> {
  const slack = await startSlackServer({
    manifest,
    seed: options.seed,
    // Three seconds on the platform; two busy cores may stand still for as long. How long it took is measured.
    ackDeadlineMs: patienceMs,
    triggerLifetimeMs: patienceMs,
    // Slack itself waits for minutes; a process that was killed is back sooner here.
    retryDelaysMs: [100, 1_000, 3_000, 10_000],
    teams: [
      {
        id: 'T1',
        users: Array.from({ length: options.people }, (_, index) => ({ id: userId(index) })),
        channels: Array.from({ length: options.channels }, (_, index) => ({
          id: channelId(index),
        })),
      },
    ],
  });
  const { workspace } = slack;
  const person = (index: number) => workspace.user(userId(index));
  const disturbed: Record<string, number> = {};
  const refOf = (said: Said) => said.ref as Ref;
  const inThread = (message: Message, root: string): Said<Ref> => ({
    place: `${message.channel}:${root}`,
    ref: { channel: message.channel, root, message },
  });
  const ownView = (channel: string, index: number) => `${channel}:only:${userId(index)}`;

  const shownOf = (message: Message): Shown => ({
    id: message.ts,
    place: placeOf(message),
    text: visibleText(message),
    unfinished: unfinished(message),
    pings: pingsOf(message),
    versions: message.history,
  });

  beUnreliable(slack, options.unreliable);
  return {
    name: 'slack',
    environment: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
    },
    keepsEvents: true,
    isConnected: () => slack.socket.connections > 0,
    mention(channel, who, text) {
      const message = person(who).mentions({ channel: channelId(channel), text });
      return inThread(message, message.ts);
    },
    follow(root, who, text) {
      const { channel, message } = refOf(root);
      const said = person(who).says({ channel, text, thread_ts: message.ts });
      return inThread(said, message.ts);
    },
    direct(who, text) {
      const message = person(who).dms(text);
      return { place: message.channel, ref: { channel: message.channel, root: null, message } };
    },
    command(channel, who, text) {
      const place = ownView(channelId(channel), who);
      const received = person(who)
        .runs('/twin', `ask ${text}`, { channel: channelId(channel) })
        .then(({ outcome }) =>
          outcome === 'acknowledged' ? 'acknowledged' : ('refused-by-platform' as const),
        );
      return { said: { place, ref: undefined }, received };
    },
    edit: (said, who, text) =>
      person(who).edits(
        refOf(said).message,
        refOf(said).message.text.startsWith('<@') ? `<@${workspace.bot.user}> ${text}` : text,
      ),
    remove: (said, who) => person(who).deletes(refOf(said).message),
    chat(channel, who, text) {
      const message = person(who).says({ channel: channelId(channel), text });
      return inThread(message, message.ts);
    },
    async press({ place, id }, who, button) {
      const [channel = ''] = place.split(':');
      const message = workspace.message(channel, id);
      if (message === undefined || !isWhole(message)) return 'not-there';
      const met =
        button === 'up'
          ? await person(who).rates(message, 'positive')
          : await person(who).presses(message, `twin_${button}`);
      return met.outcome === 'acknowledged' ? 'acknowledged' : 'refused-by-platform';
    },
    shownIn({ place, ref }) {
      const given = ref as Ref | undefined;
      const here =
        given === undefined ? [] : workspace.messages(given.channel, given.root ?? undefined);
      return [...here.filter(isOwn), ...workspace.ephemerals().filter(isAnswer)]
        .map(shownOf)
        .filter((shown) => shown.place === place);
    },
    shown: () => [
      ...workspace.botMessages().map(shownOf),
      ...onceEach(workspace.ephemerals().filter(isAnswer).map(shownOf)),
    ],
    waiting: () =>
      workspace
        .statuses()
        .filter(({ channel, thread_ts }) => workspace.status(channel, thread_ts) !== '')
        .map(({ channel, thread_ts }) => `a status stands in ${channel}:${thread_ts}`),
    processDied: () => [],
    violations: () =>
      slack.violations.map(({ code, where, message }) => `${code} (${where}): ${message}`),
    async disturb(random) {
      const what = disturbSlack(slack, random, options.patient);
      disturbed[what] = (disturbed[what] ?? 0) + 1;
    },
    calm: () => slack.faults.clear(),
    acknowledgedMs: () => slack.deliveries.flatMap(({ latencyMs }) => latencyMs ?? []),
    mishaps: () =>
      counted(
        slack.faults.injected.map(({ kind }) => kind),
        disturbed,
      ),
    close: () => slack.close(),
  };

  function isOwn({ bot_id }: Message): boolean {
    return bot_id === workspace.bot.id;
  }
}

/** Slack does not tell whether a note to one person arrived: when in doubt it is said again, in the same words. */
function onceEach(shown: readonly Shown[]): readonly Shown[] {
  const notes = new Set<string>();
  return shown.filter(({ place, text }) => {
    const note = `${place} ${text}`;
    const again = honest(text) === 'line' && notes.has(note);
    notes.add(note);
    return !again;
  });
}

/** What a command echoes of the question is no answer. */
const isAnswer = (message: Message): boolean => !/^(?:>|&gt;)/u.test(message.text);

function placeOf({ channel, ephemeralTo, thread_ts }: Message): string {
  if (ephemeralTo !== undefined && thread_ts === undefined) return `${channel}:only:${ephemeralTo}`;
  return thread_ts === undefined ? channel : `${channel}:${thread_ts}`;
}

/** Thumbs stand under a whole answer. */
const isWhole = ({ blocks }: Message): boolean =>
  blocks.some(({ type }) => type === 'context_actions');

function unfinished(message: Message): string | null {
  if (message.deleted) return null;
  const { stream, history } = message;
  // Slack shows such a message as broken until it is edited.
  if (stream?.state === 'errored' && history.at(-1)?.by === 'expire') return 'its stream broke off';
  if (stream?.state === 'in_progress') return 'it still streams';
  return buttonsOf(message).includes('Stop') ? 'it can still be stopped' : null;
}

function counted(
  names: readonly string[],
  start: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const counts = { ...start };
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
