import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Row } from '../bench/result.ts';
import { audit, type Finding } from './audit.ts';
import { type Bots, openBots } from './child.ts';
import { openDiscordVenue } from './discord/venue.ts';
import { type Gate, openGate } from './gate.ts';
import { honest } from './honest.ts';
import { type Crowd, openCrowd, people } from './people.ts';
import { type Looked, rowsOf } from './rows.ts';
import { openSlackVenue } from './slack/venue.ts';
import { writeTopics } from './topics.ts';
import { disturb, kill } from './trouble.ts';
import type { Venue } from './venue.ts';

export type SoakOptions = {
  readonly questions: number;
  readonly channels: number;
  readonly seed: number;
  readonly platform: 'slack' | 'discord' | 'both';
  readonly kills: number;
  /** Share of the twin's calls that fail. */
  readonly unreliable: number;
  /** Where to keep the state and the log of the bots' process; a folder that is removed afterwards without. */
  readonly home?: string;
  readonly log: (line: string) => void;
};

export type SoakOutcome = { readonly rows: readonly Row[]; readonly faults: readonly string[] };

/** How long everything may take to come to rest. What a kill leaves is looked for every minute. */
const restMs = 40_000;
const restAfterKillMs = 75_000;

/** Plays people against the product's own process while much goes wrong, and looks at what they saw. */
export async function runSoak(options: SoakOptions): Promise<SoakOutcome> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'understudy-soak-'));
  const gate = openGate();
  const venues: Venue[] = [];
  try {
    await openVenues(options, gate, venues);
    // A question that is edited has two topics, one that is followed up three.
    await writeTopics(home, options.questions * 2 + 100 * venues.length);
    const bots = openBots(
      {
        ...Object.assign({}, ...venues.map(({ environment }) => environment)),
        UNDERSTUDY_HOME: home,
        UNDERSTUDY_PERSON_PER_MINUTE: '60',
        UNDERSTUDY_CHANNEL_PER_MINUTE: '0',
      },
      join(home, 'bots.log'),
    );
    try {
      const crowd = openCrowd(venues, gate, options);
      return await play(options, { venues, bots, crowd, gate });
    } finally {
      await bots.kill();
    }
  } finally {
    await Promise.all(venues.map((venue) => venue.close()));
    if (options.home === undefined) rmSync(home, { recursive: true, force: true });
  }
}

async function openVenues(
  { platform, channels, seed, unreliable, questions }: SoakOptions,
  { quietly }: Gate,
  venues: Venue[],
): Promise<void> {
  const each = { channels, people, seed, unreliable };
  if (platform !== 'discord') {
    venues.push(await openSlackVenue({ ...each, patient: questions >= 1_000 }));
  }
  if (platform !== 'slack') venues.push(await openDiscordVenue({ ...each, quietly }));
}

type Playing = {
  readonly venues: readonly Venue[];
  readonly bots: Bots;
  readonly crowd: Crowd;
  readonly gate: Gate;
};

async function play(options: SoakOptions, playing: Playing): Promise<SoakOutcome> {
  const { questions, kills, seed, log } = options;
  const { venues, bots, crowd } = playing;
  await bots.start(() => venues.every((venue) => venue.isConnected()));
  const startedAtMs = performance.now();
  const ending = new AbortController();
  const trouble = { ...playing, seed, signal: ending.signal };
  const progress = setInterval(() => log(`${crowd.asked()} of ${questions} questions`), 10_000);
  const troubles = Promise.all([disturb(trouble), kill(trouble, kills, questions, log)]);
  try {
    await Promise.race([crowd.play(), bots.crashed, failureOf(troubles)]);
  } finally {
    ending.abort();
    clearInterval(progress);
  }
  // Without the process nothing that trouble waits for will come.
  const lost = bots.crashes.length > 0 ? new Set<string>() : (await troubles)[1];
  for (const venue of venues) venue.calm();
  const askedForMs = performance.now() - startedAtMs;
  log(
    `everything was asked after ${Math.round(askedForMs / 1_000)} s; waiting for the last answers`,
  );

  const look = (venue: Venue): Looked => {
    const list = crowd.questions(venue);
    const waiting = venue.waiting().filter((what) => !lost.has(what));
    return { venue, list, waiting, result: audit(list, venue.shown(), honest) };
  };
  const untilMs = performance.now() + (kills > 0 ? restAfterKillMs : restMs);
  while (
    bots.crashes.length === 0 &&
    performance.now() < untilMs &&
    venues.some((venue) => isRestless(look(venue)))
  ) {
    await wait(1_000);
  }
  const exit = await bots.stop();

  const looked = venues.map(look);
  const faults = [...looked.flatMap(faultsOf), ...bots.crashes].filter((fault) => {
    const explained = kills > 0 && fault.includes(streamOfDead);
    if (explained) log(`a kill explains: ${fault}`);
    return !explained;
  });
  if (exit !== 0) faults.push(`the bots’ process did not end in order: ${exit}`);
  for (const what of lost) log(`a kill explains: ${what}`);
  for (const { venue, result } of looked) {
    for (const finding of result.findings.filter(({ killed }) => killed !== null)) {
      log(`${finding.killed} explains: ${venue.name}: ${finding.kind}: ${finding.what}`);
    }
    log(`${venue.name} went wrong: ${JSON.stringify(venue.mishaps())}`);
  }
  return { rows: rowsOf({ looked, bots, faults, askedForMs, kills }), faults };
}

/** Never resolves; rejects when the work does. */
const failureOf = (work: Promise<unknown>): Promise<never> =>
  work.then(() => new Promise<never>(() => undefined));

const open: ReadonlySet<Finding['kind']> = new Set(['unanswered', 'unfinished']);

/** Who takes up a dead process's answer cannot know whether its stream is open: the edit finds out. */
const streamOfDead = 'violation streaming_state_conflict';

/** Whether something may still be on its way. */
const isRestless = ({ waiting, result }: Looked): boolean =>
  waiting.length > 0 || result.findings.some(({ kind }) => open.has(kind));

const faultsOf = ({ venue, waiting, result }: Looked): readonly string[] => [
  ...result.findings
    .filter(({ killed }) => killed === null)
    .map(({ kind, what }) => `${venue.name}: ${kind}: ${what}`),
  ...waiting.map((what) => `${venue.name}: ${what}`),
  ...venue.violations().map((what) => `${venue.name}: violation ${what}`),
];
