import { setTimeout as wait } from 'node:timers/promises';
import { type Random, seededRandom } from '../../evals/statistics/random.ts';
import type { Question } from './audit.ts';
import type { Gate } from './gate.ts';
import { honest } from './honest.ts';
import { drawScenario, type Noted, type Stage } from './scenarios.ts';
import { topic } from './topics.ts';
import type { Shown, Venue } from './venue.ts';

/** So many people there are on each platform, and so many of them are at it at once. */
export const people = 40;
const askers = 16;
/** How long a person waits for an answer before they do something else. */
const patienceMs = 15_000;
const lookMs = 60;

export type Crowd = {
  /** Plays until enough was asked. */
  play(): Promise<void>;
  asked(): number;
  questions(venue: Venue): readonly Question[];
  /** The process dies: names what was not answered yet, and what is asked until it is back. */
  died(name: string): void;
  revived(): void;
};

/** People who ask, wait, ask on, change their minds and press buttons: the same ones for the same seed. */
export function openCrowd(
  venues: readonly Venue[],
  gate: Gate,
  {
    questions,
    channels,
    seed,
  }: { readonly questions: number; readonly channels: number; readonly seed: number },
): Crowd {
  const noted = new Map<Venue, Noted[]>(venues.map((venue) => [venue, []]));
  const busy = new Set<string>();
  let outage: string | null = null;
  let topics = 0;
  let asked = 0;

  const stageFor = (venue: Venue, random: Random): Stage => ({
    venue,
    random,
    nextTopic: () => topic(topics++),
    async act(what) {
      await gate.open(venue.keepsEvents);
      return what();
    },
    note(said, about) {
      const question = { ...about, place: said.place, killed: outage };
      const one: Noted = { said, question, askedAtMs: performance.now(), seen: false };
      noted.get(venue)?.push(one);
      return one;
    },
    async answered(one) {
      const untilMs = performance.now() + patienceMs;
      while (performance.now() < untilMs && !one.seen) {
        one.seen = venue.shownIn(one.said).some((shown) => isAnswer(shown, one.question));
        await wait(lookMs);
      }
    },
    pause: (mostMs) => wait(Math.floor(random() * mostMs)),
  });

  const live = async (venue: Venue, random: Random): Promise<void> => {
    const stage = stageFor(venue, random);
    while (asked < questions) {
      const scenario = drawScenario(random);
      let person = Math.floor(random() * people);
      // Who waits for an answer does not begin something else.
      while (busy.has(`${venue.name}:${person}`)) person = (person + 1) % people;
      busy.add(`${venue.name}:${person}`);
      asked += scenario.questions;
      const channel = Math.floor(random() * channels);
      const other = (person + 1 + Math.floor(random() * (people - 1))) % people;
      await scenario.play(stage, { channel, person, other });
      busy.delete(`${venue.name}:${person}`);
    }
  };

  return {
    async play() {
      await Promise.all(
        venues.flatMap((venue, v) =>
          Array.from({ length: askers }, (_, n) =>
            live(venue, seededRandom(seed * 31 + v * 1_000 + n)),
          ),
        ),
      );
    },
    asked: () => asked,
    questions: (venue) => (noted.get(venue) ?? []).map(({ question }) => question),
    died(name) {
      outage = name;
      const sinceMs = performance.now() - patienceMs;
      for (const one of [...noted.values()].flat()) {
        if (!one.seen && one.askedAtMs > sinceMs) one.question = { ...one.question, killed: name };
      }
    },
    revived() {
      outage = null;
    },
  };
}

function isAnswer({ text, unfinished }: Shown, { codes }: Question): boolean {
  if (unfinished !== null || text === '') return false;
  return codes.some((code) => text.includes(code)) || honest(text) === 'line';
}
