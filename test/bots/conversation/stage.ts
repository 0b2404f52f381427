import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, Delivery, ReplyEvent, Said } from '../../../bots/conversation/channel.ts';
import { openKnowledge } from '../../../bots/conversation/knowledge/open.ts';
import type { Message } from '../../../bots/conversation/message.ts';
import { type ConversationPorts, openConversation } from '../../../bots/conversation/open.ts';
import { pseudonyms } from '../../../bots/conversation/pseudonym.ts';
import type { BotPorts } from '../../../bots/ports.ts';
import { openConversationState } from '../../../bots/state/sqlite.ts';
import { openTraceLog } from '../../../monitoring/trace-log/sqlite.ts';
import type { Answering, Fallback, Question } from '../../../pipelines/inference/ask.ts';
import { localInference } from '../../../pipelines/inference/local.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';

/** A conversation over the real state and trace log, with a model that says what the test lets it say. */
export async function openStage(change: Partial<ConversationPorts> = {}, home?: string) {
  const folder = home ?? (await mkdtemp(join(tmpdir(), 'understudy-conversation-')));
  const stores = openEmbedded(folder);
  const traces = openTraceLog(stores.database);
  const state = openConversationState(stores.database);
  const asked: Question[] = [];
  const gate = openGate();
  const answering: Answering = {
    async retrieve(question) {
      asked.push(question);
      await gate.passed();
      const understanding = {
        question: question.text,
        rewritten: question.text,
        filters: [],
        comparison: false,
      };
      return {
        featureSet: 'set-1',
        understanding,
        passages: [],
        expansion: [],
        timings: {},
        fallbacks: gate.missing(),
      };
    },
    model: {
      name: 'test',
      async *stream({ question }) {
        if (gate.broken()) throw new Error('the model is gone');
        for (const text of gate.pieces(`You asked: ${question}`)) {
          yield { type: 'text', text, citations: [] };
        }
        await gate.finished();
        yield { type: 'finish', reason: 'stop', support: 1 };
      },
    },
  };
  const conversation = openConversation({
    inference: localInference(answering, 'rel-test'),
    tracer: traces,
    state,
    pseudonym: pseudonyms(Buffer.alloc(32, 7)),
    limits: { personPerMinute: null, channelPerMinute: null },
    timing: { burstMs: 30, leaseMs: 2_000 },
    ...change,
  });
  return {
    conversation,
    /** What a platform's bot is handed. */
    ports: {
      conversation,
      knowledge: openKnowledge(stores),
      recentFeedback: (limit: number) => traces.recentFeedback(limit),
      log: quietLog,
    } satisfies BotPorts,
    stores,
    asked,
    gate,
    traces,
    state,
    home: folder,
    async close({ keep = false } = {}) {
      gate.open();
      await conversation.drain(5_000);
      await stores.close();
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

const quietLog: BotPorts['log'] = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Holds answers before their first word, or before their end, until the test lets them go. */
function openGate() {
  let start: PromiseWithResolvers<void> | undefined;
  let end: PromiseWithResolvers<void> | undefined;
  let isBroken = false;
  let without: readonly Fallback[] = [];
  let inPieces = false;
  return {
    /** Retrieval does without something. */
    doWithout: (fallbacks: readonly Fallback[]) => {
      without = fallbacks;
    },
    missing: () => without,
    /** The model speaks as language models do: a few letters at a time. */
    speakInPieces: () => {
      inPieces = true;
    },
    pieces: (text: string): readonly string[] =>
      inPieces ? (text.match(/.{1,3}/gsu) ?? []) : [text],
    breakModel: (broken: boolean) => {
      isBroken = broken;
    },
    broken: () => isBroken,
    holdStart: () => {
      start = Promise.withResolvers();
    },
    holdEnd: () => {
      end = Promise.withResolvers();
    },
    open: () => {
      start?.resolve();
      end?.resolve();
      start = undefined;
      end = undefined;
    },
    passed: () => start?.promise,
    finished: () => end?.promise,
  };
}

export type Shown = {
  readonly turn: string;
  readonly events: ReplyEvent[];
  readonly delivery: Delivery;
  text(): string;
};

/** A platform made of a list: each delivery stands as one message, which a restart replaces. */
export function openScribe(
  platform: Channel['platform'] = 'slack',
  thread?: () => readonly Said[],
) {
  const shown: Shown[] = [];
  let standing = 0;
  const channel: Channel = {
    platform,
    ...(thread && { history: async () => thread() }),
    async deliver(delivery) {
      const events: ReplyEvent[] = [];
      const one: Shown = {
        turn: delivery.turn,
        events,
        delivery,
        text: () => events.flatMap((event) => (event.type === 'text' ? event.text : [])).join(''),
      };
      shown.push(one);
      for await (const event of delivery.events) {
        events.push(event);
        if (event.type === 'text' && events.filter(({ type }) => type === 'text').length === 1) {
          standing += 1;
          await delivery.stands({ at: `a${standing}` }, [`a${standing}`]);
        }
      }
    },
  };
  return { channel, shown, last: () => shown.at(-1)?.events.at(-1) };
}

let serial = 0;

export function said(text: string, change: Partial<Message> = {}): Message {
  serial += 1;
  return {
    event: `e${serial}`,
    message: `m${serial}`,
    thread: 'slack:T1:C1:1',
    opensThread: false,
    place: { platform: 'slack', workspace: 'T1', channel: 'C1', kind: 'channel' },
    person: { id: 'U1', roles: [], locale: null, bot: false },
    text,
    addressed: true,
    mentionsOthers: false,
    task: 'answer',
    reply: { channel: 'C1' },
    ...change,
  };
}

/** Waits until the condition holds; fails the test when it never does. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('What was waited for never came.');
}
