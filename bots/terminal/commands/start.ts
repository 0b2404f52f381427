import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { collect } from '../../../pipelines/collection/collect.ts';
import { featureHandler } from '../../../pipelines/feature/jobs.ts';
import { syncFeatures } from '../../../pipelines/feature/sync.ts';
import { prunedDaily } from '../../../pipelines/serving/embed/prune.ts';
import { localMessage } from '../../conversation/local.ts';
import { replyTo } from '../../conversation/stream.ts';
import type { BotPorts } from '../../ports.ts';
import { printAnswer } from '../answer.ts';
import { type Opened, openDoors } from '../doors.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { House } from '../house.ts';
import { duration, type Output } from '../output.ts';
import { absoluteLink, reportCollection } from './collect.ts';
import { reportFeatures } from './features.ts';
import { keepFresh } from './keep-fresh.ts';

export type StartOptions = {
  readonly port: number;
  readonly open: boolean;
  readonly watch: boolean;
  readonly allowPrivate: readonly string[];
  readonly author: string | undefined;
  /** Where Slack, Discord and the API are set up. */
  readonly variables: Readonly<Record<string, string | undefined>>;
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
  const doors = await openDoors(house, {
    ...options,
    opened: (door) => tell(door, performance.now() - startedAt, options, output),
  });
  // What is pushed while people ask; and where processes share the queues, whatever they put in line.
  const handler = featureHandler({ pipeline: house, queues: house.queues });
  const indexing = house.queues.work('features', handler, { signal });
  const watching = options.watch ? keepFresh(house, origins, settings, output) : undefined;
  const pruning = prunedDaily(house.embeddings, {
    signal,
    failed: (error) => options.log.error({ err: error }, 'vectors not pruned'),
  });
  await aborted(signal);
  await doors.close();
  await watching;
  await indexing;
  await pruning;
  output.line();
  output.line('Stopped. Everything is kept; the next start takes up from here.');
  return exitCodes.done;
}

function tell(
  door: Opened,
  sinceStartMs: number,
  { open }: Pick<StartOptions, 'open'>,
  output: Output,
): void {
  const { accent, dim, good } = output.style;
  switch (door.door) {
    case 'playground':
      output.data({ type: 'playground', url: door.url });
      output.line();
      output.line(`Ask your own at ${accent(door.url)}`);
      output.line(dim(`Ready in ${duration(sinceStartMs)}. Ctrl-C stops.`));
      if (open) void openBrowser(door.url);
      break;
    case 'api':
      output.data({ type: 'api', url: door.url });
      output.line(`${good('●')} API at ${accent(door.url)}, described at ${door.url}/docs`);
      break;
    case 'platform':
      output.line(`${good('●')} ${door.name}`);
      break;
    default:
      door satisfies never;
  }
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
