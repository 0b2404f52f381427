import type { KnownTurn } from '../../conversation/conversation.ts';
import type { Desk } from '../desk.ts';
import { describeFailure, troubleOf } from '../failure.ts';
import type { RawMessage } from '../payloads/message.ts';
import { readReply } from '../reply.ts';
import { byId } from '../standing.ts';
import { barred } from '../writer/edit.ts';
import { heard } from './handle.ts';

/** Where the twin was asked in this time, it looks for what was said while it was away. */
const lookedInMs = 24 * 3_600_000;
/** What is older is not answered any more. */
const answeredMs = 10 * 60_000;
/** The clocks of Discord and of this machine may differ by so much. */
const marginMs = 60_000;
const mostTurns = 100;
const mostChannels = 50;
const mostMessages = 50;

/** Where to look, and after what. */
type Place = {
  readonly channel: string;
  readonly guild: string | null;
  /** Newest message that was answered there. */
  readonly newest: bigint;
  readonly after: bigint;
};

/**
 * A new session of the gateway tells nothing of what was said before it began. So wherever the twin was asked
 * lately it reads what came since; what was heard before is claimed, and not heard again.
 */
export async function catchUp(desk: Desk): Promise<void> {
  const nowMs = desk.now();
  const turns = await desk.conversation.latest('discord', nowMs - lookedInMs, mostTurns);
  const places = placesOf(turns, nowMs).slice(0, mostChannels);
  await Promise.all(places.map((place) => catchUpIn(desk, place)));
}

async function catchUpIn(desk: Desk, { channel, guild, newest, after }: Place): Promise<void> {
  try {
    const range = { after: String(after), limit: mostMessages };
    const messages = [...(await desk.wire.messages(channel, range))].sort(byId);
    for (const message of messages) {
      const raw = await asEvent(desk, message, guild);
      // What was said to nobody before the twin was asked was none of its business then.
      const isNews = BigInt(raw.id) > newest;
      await heard(desk, raw, ({ addressed }) => addressed || isNews);
    }
  } catch (error) {
    if (barred.has(troubleOf(error))) return;
    desk.log.warn(
      { channel, failure: describeFailure(error) },
      'what was said while the bot was away could not be read',
    );
  }
}

/** REST leaves out what every event carries: the guild, and who the author is there. */
async function asEvent(
  { wire, me }: Desk,
  message: RawMessage,
  guild: string | null,
): Promise<RawMessage> {
  if (guild === null) return message;
  const isOwn = message.author.id === me || message.webhook_id !== undefined;
  const member = isOwn ? undefined : await wire.member(guild, message.author.id);
  return { ...message, guild_id: guild, ...(member && { member }) };
}

function placesOf(turns: readonly KnownTurn[], nowMs: number): readonly Place[] {
  const places = new Map<string, Place>();
  for (const turn of turns) {
    for (const channel of channelsOf(turn)) {
      const asked = BigInt(turn.message ?? snowflake(turn.askedAtMs));
      const known = places.get(channel);
      const after = snowflake(Math.max(turn.askedAtMs - marginMs, nowMs - answeredMs));
      places.set(channel, {
        channel,
        guild: turn.place.workspace,
        newest: known && known.newest > asked ? known.newest : asked,
        after: known && known.after > after ? known.after : after,
      });
    }
  }
  return [...places.values()];
}

/** Where the question stands, and the thread that was opened under it. */
function channelsOf({ reply: stored }: KnownTurn): readonly string[] {
  const reply = readReply(stored);
  return reply.via === 'message' && reply.opens ? [reply.channel, reply.message] : [reply.channel];
}

const discordEpochMs = 1_420_070_400_000;

/** The smallest id of what was said at a moment. */
const snowflake = (ms: number): bigint =>
  BigInt(Math.max(0, Math.floor(ms) - discordEpochMs)) << 22n;
