import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConversation } from '../../bots/conversation/open.ts';
import { pseudonyms } from '../../bots/conversation/pseudonym.ts';
import { openConversationState } from '../../bots/state/sqlite.ts';
import { botPorts, openHouse } from '../../bots/terminal/house.ts';
import { openLog } from '../../monitoring/log.ts';
import { readEnvironment } from '../../pipelines/environment.ts';
import { syncFeatures } from '../../pipelines/feature/sync.ts';
import type { Inference } from '../../pipelines/inference/ask.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';
import { madeDocuments, madeQuestions } from './ask/corpus.ts';
import { benchDiscord } from './bots/discord.ts';
import type { BotBench } from './bots/platform.ts';
import { benchSlack } from './bots/slack.ts';
import { timed } from './bots/timed.ts';
import type { BenchOptions, Row } from './result.ts';

const documents = 1_000;
const warmUp = 30;
/** What the bot may add between the platform's event and the first words of the answer, in milliseconds. */
const mostAdded = 30;
const atOnce = 16;

/**
 * The time that a bot adds to the pipeline itself, from the platform's event to the first words on the platform, over
 * the real client library and a server on the loopback address in this process, whose own work is counted in. `ask`
 * alone answers the same questions in between, for comparison. Then as many questions as the bot can take, sixteen
 * at once. `--questions 200`
 */
export async function run(options: BenchOptions): Promise<Row[]> {
  const count = typeof options['questions'] === 'string' ? Number(options['questions']) : 200;
  const home = mkdtempSync(join(tmpdir(), 'understudy-bench-bots-'));
  try {
    await index(home);
    return [...(await benched(home, 'slack', count)), ...(await benched(home, 'discord', count))];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function index(home: string): Promise<void> {
  const stores = openEmbedded(home);
  try {
    for (const draft of madeDocuments(documents)) await stores.warehouse.upsert(draft);
    for await (const event of syncFeatures({ ...stores, embedder: null }, {})) {
      if (event.type === 'refused') throw new Error(event.reason.message);
    }
  } finally {
    await stores.close();
  }
}

async function benched(home: string, platform: 'slack' | 'discord', count: number): Promise<Row[]> {
  const house = await openHouse(readEnvironment({ UNDERSTUDY_HOME: home }));
  const clock = timed(house.inference);
  const conversation = openConversation({
    inference: clock.inference,
    tracer: house.traces,
    state: openConversationState(house.database),
    pseudonym: pseudonyms(Buffer.alloc(32, 1)),
    limits: { personPerMinute: null, channelPerMinute: null },
  });
  const log = openLog({ level: 'error', name: 'bench' });
  const ports = { ...botPorts(house, log), conversation };
  const bench = await (platform === 'slack' ? benchSlack(ports) : benchDiscord(ports));
  try {
    const alone: Measured[] = [];
    for (const [index, question] of madeQuestions(warmUp + count).entries()) {
      const directMs = await directly(house.inference, question);
      const botMs = await bench.firstTextMs(question);
      const addedMs = botMs - clock.lastMs();
      if (index >= warmUp) alone.push({ directMs, botMs, addedMs });
    }
    return [...rowsOf(platform, alone), throughput(platform, await together(bench, count))];
  } finally {
    await bench.quiesce();
    await conversation.drain(10_000);
    await bench.close();
    await house.close();
  }
}

/** In milliseconds; `addedMs` is what of `botMs` the pipeline did not take in that very answer. */
type Measured = { readonly directMs: number; readonly botMs: number; readonly addedMs: number };

/** From the question to the first words of the answer, without any bot. */
async function directly(inference: Inference, text: string): Promise<number> {
  const startedAt = performance.now();
  let firstMs: number | undefined;
  const question = { text, history: [], now: new Date().toISOString() };
  for await (const event of inference.ask(question)) {
    if (event.type === 'error') throw new Error(event.error.message);
    if (event.type === 'text') firstMs ??= performance.now() - startedAt;
  }
  return firstMs ?? Number.NaN;
}

/** Questions a second, from the first to the last finished answer. */
async function together(bench: BotBench, count: number): Promise<number> {
  const questions = madeQuestions(count, 23)[Symbol.iterator]();
  const startedAt = performance.now();
  const askers = Array.from({ length: atOnce }, async (_, asker) => {
    for (const question of questions) await bench.answered(question, asker);
  });
  await Promise.all(askers);
  return count / ((performance.now() - startedAt) / 1_000);
}

function rowsOf(platform: string, measured: readonly Measured[]): Row[] {
  const series = {
    ask_first_text: measured.map(({ directMs }) => directMs),
    bot_first_text: measured.map(({ botMs }) => botMs),
    added: measured.map(({ addedMs }) => addedMs),
  };
  return Object.entries(series).flatMap(([metric, values]) =>
    [0.5, 0.95].map((share): Row => {
      const target = metric === 'added' && share === 0.95 ? { target: mostAdded } : {};
      return {
        case: platform,
        metric: `${metric}_p${share * 100}_ms`,
        value: percentile(values, share),
        unit: 'ms',
        better: 'lower',
        ...target,
      };
    }),
  );
}

const throughput = (platform: string, value: number): Row => ({
  case: platform,
  metric: `questions_per_s_at_${atOnce}`,
  value,
  unit: 'questions/s',
  better: 'higher',
});

/** Nearest rank. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
