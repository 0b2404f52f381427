import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { collect } from '../../../pipelines/collection/collect.ts';
import { syncFeatures } from '../../../pipelines/feature/sync.ts';
import type { ApiConfig } from '../../api/config.ts';
import { localMessage } from '../../conversation/local.ts';
import { replyTo } from '../../conversation/stream.ts';
import { type PlatformConfigs, startPlatforms } from '../../platforms.ts';
import type { BotPorts } from '../../ports.ts';
import { startPlayground } from '../../web/server.ts';
import { printAnswer } from '../answer.ts';
import { startHouseApi } from '../api.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { botPorts, type House } from '../house.ts';
import { duration, type Output } from '../output.ts';
import { listenToVoice } from '../voice-watch.ts';
import { absoluteLink, reportCollection } from './collect.ts';
import { reportFeatures } from './features.ts';
import { keepFresh } from './keep-fresh.ts';

export type StartOptions = {
  readonly port: number;
  readonly open: boolean;
  readonly watch: boolean;
  readonly allowPrivate: readonly string[];
  readonly author: string | undefined;
  /** Slack and Discord, as far as they are set up. */
  readonly platforms: PlatformConfigs;
  /** The REST API; null for none. */
  readonly api: ApiConfig | null;
  readonly log: BotPorts['log'];
};

/** The sample corpus: this product's own documentation. */
const handbook = resolve(import.meta.dirname, '../../../datasets/handbook');

/** The main job: collect, index, answer one question to show how, and serve the playground until stopped. */
export async function runStart(
  house: House,
  links: readonly string[],
  options: StartOptions,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const startedAt = performance.now();
  const origins = await chooseOrigins(house, links.map(absoluteLink));
  output.line(output.style.bold(`Understudy · ${origins.map(shortName).join(', ')}`));
  const settings = {
    allowPrivate: options.allowPrivate,
    ...(options.author === undefined ? {} : { defaultAuthor: options.author }),
    signal,
  };
  await reportCollection(collect(origins, house, settings), output);
  await reportFeatures(syncFeatures(house, { signal }), output);
  if (signal.aborted) return exitCodes.done;
  const question = await sampleQuestion(house);
  if (question === undefined && !options.watch) {
    output.note('There is nothing to answer from: name a folder with writing, a feed or a page.');
    return exitCodes.no;
  }
  if (question !== undefined) await answerSample(house, question, output, signal);
  if (signal.aborted) return exitCodes.done;

  await house.conversation.tidy();
  const playground = await startPlayground(house, { port: options.port, host: '127.0.0.1' });
  output.data({ type: 'playground', url: playground.url });
  output.line();
  output.line(`Ask your own at ${output.style.accent(playground.url)}`);
  output.line(
    output.style.dim(`Ready in ${duration(performance.now() - startedAt)}. Ctrl-C stops.`),
  );
  const platforms = await startPlatforms(botPorts(house, options.log), options.platforms);
  for (const name of platforms.names) output.line(`${output.style.good('●')} ${name}`);
  const api = await startHouseApi(house, options.api, options.log);
  if (api) output.line(`${output.style.good('●')} API at ${api.url}, described at ${api.url}/docs`);
  if (options.open) await openBrowser(playground.url);
  const background = inBackground(house, options.log, signal);
  const watching = options.watch ? keepFresh(house, origins, settings, output) : undefined;
  await aborted(signal);
  await platforms.quiesce();
  await api?.quiesce();
  await playground.close();
  await house.drain();
  await api?.close();
  await platforms.close();
  await watching;
  await background;
  output.line();
  output.line('Stopped. Everything is kept; the next start takes up from here.');
  return exitCodes.done;
}

/** What goes on while people ask: what is pushed gets indexed, and the voice is listened to now and then. */
async function inBackground(house: House, log: BotPorts['log'], signal: AbortSignal) {
  const index = async (_: unknown, job: { readonly signal: AbortSignal }) => {
    await Array.fromAsync(syncFeatures(house, { signal: job.signal }));
  };
  await Promise.all([
    house.queues.work('features', index, { signal }),
    listenToVoice(house, log, signal),
  ]);
}

/**
 * What to build the twin from: the links named, else what was collected before, else the handbook. The
 * handbook is only a sample: it makes way as soon as there is somebody's own writing.
 */
async function chooseOrigins(house: House, named: readonly string[]): Promise<readonly string[]> {
  const known = (await house.warehouse.origins()).map((origin) => origin.link);
  const own = [...new Set([...named, ...known.filter((link) => link !== handbook)])];
  if (own.length === 0) return [handbook];
  if (known.includes(handbook) && !named.includes(handbook)) {
    const documents: string[] = [];
    for await (const { id, state } of house.warehouse.heads({ origin: handbook })) {
      if (state === 'live') documents.push(id);
    }
    await house.warehouse.tombstone(documents);
    await house.warehouse.removeOrigin(handbook);
  }
  return own;
}

function shortName(link: string): string {
  return link === handbook ? 'the handbook' : link;
}

/** One real question, so that the first thing seen is a cited answer. */
async function answerSample(
  house: House,
  question: string,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  output.line();
  output.line(`${output.style.dim('›')} ${output.style.bold(question)}`);
  output.line();
  const asked = { question, thread: randomUUID(), event: randomUUID() };
  await printAnswer(replyTo(house.conversation, localMessage('terminal', asked), signal), output);
}

async function sampleQuestion(house: House): Promise<string | undefined> {
  const [newest] = await house.warehouse.titles(1);
  if (newest === undefined) return undefined;
  const document = await house.warehouse.get(newest.id);
  return document?.origin === handbook
    ? 'How does a twin know when it should not answer?'
    : `What did I write about “${newest.title}”?`;
}

async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import('open');
  // A machine without a browser still has the link above.
  await open(url).catch(() => undefined);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolveWait) => {
    if (signal.aborted) resolveWait();
    else signal.addEventListener('abort', () => resolveWait(), { once: true });
  });
}
