import type { Random } from '../../evals/statistics/random.ts';
import type { Question } from './audit.ts';
import { questionAbout, type Topic, unanswerable } from './topics.ts';
import type { Said, Venue } from './venue.ts';

/** What a person's next few minutes need. */
export type Stage = {
  readonly venue: Venue;
  readonly random: Random;
  /** A topic that nobody asked about yet. */
  nextTopic(): Topic;
  /** Resolves when people may act; everything is asked through it. */
  act<T>(what: () => T): Promise<T>;
  /** Notes a question, to be looked at in the end. */
  note(said: Said, about: Omit<Question, 'place' | 'killed'>): Noted;
  /** Resolves when the question was answered, or nobody would wait any longer. */
  answered(question: Noted): Promise<void>;
  pause(mostMs: number): Promise<void>;
};

export type Noted = {
  readonly said: Said;
  readonly askedAtMs: number;
  question: Question;
  /** Somebody saw the answer. */
  seen: boolean;
};

export type Cast = { readonly channel: number; readonly person: number; readonly other: number };

type Scenario = {
  readonly name: string;
  /** How often it is played, against the others. */
  readonly weight: number;
  /** How many questions it asks. */
  readonly questions: number;
  play(stage: Stage, cast: Cast): Promise<void>;
};

const plain = { lines: 1, silence: null };

export const scenarios: readonly Scenario[] = [
  {
    name: 'mention',
    weight: 30,
    questions: 1,
    async play(stage, { channel, person }) {
      const topic = stage.nextTopic();
      const text = questionAbout(topic);
      const said = await stage.act(() => stage.venue.mention(channel, person, text));
      await stage.answered(stage.note(said, { ...plain, name: 'mention', codes: [topic.code] }));
    },
  },
  {
    name: 'thread',
    weight: 12,
    questions: 3,
    async play(stage, { channel, person, other }) {
      const topic = stage.nextTopic();
      const root = await stage.act(() =>
        stage.venue.mention(channel, person, questionAbout(topic)),
      );
      await stage.answered(stage.note(root, { ...plain, name: 'thread', codes: [topic.code] }));
      for (const who of [person, other]) {
        await stage.pause(50);
        const next = stage.nextTopic();
        const said = await stage.act(() => stage.venue.follow(root, who, questionAbout(next)));
        if (said === undefined) return;
        const about = { ...plain, name: 'follow-up', codes: [next.code] };
        await stage.answered(stage.note(said, about));
      }
    },
  },
  {
    name: 'direct',
    weight: 10,
    questions: 1,
    async play(stage, { person }) {
      const topic = stage.nextTopic();
      const said = await stage.act(() => stage.venue.direct(person, questionAbout(topic)));
      await stage.answered(stage.note(said, { ...plain, name: 'direct', codes: [topic.code] }));
    },
  },
  {
    name: 'burst',
    weight: 6,
    questions: 1,
    async play(stage, { person }) {
      const topic = stage.nextTopic();
      const name = 'burst';
      await stage.act(() => stage.venue.direct(person, 'Hello'));
      await stage.pause(20);
      await stage.act(() => stage.venue.direct(person, 'One thing:'));
      await stage.pause(20);
      const said = await stage.act(() => stage.venue.direct(person, questionAbout(topic)));
      // Delivered in another order, each part may get an answer of its own.
      await stage.answered(
        stage.note(said, { name, codes: [topic.code], lines: 3, silence: null }),
      );
    },
  },
  {
    name: 'edit',
    weight: 8,
    questions: 1,
    async play(stage, { channel, person }) {
      const [before, after] = [stage.nextTopic(), stage.nextTopic()];
      const said = await stage.act(() =>
        stage.venue.mention(channel, person, questionAbout(before)),
      );
      const codes = [before.code, after.code];
      const noted = stage.note(said, { ...plain, name: 'edit', codes });
      await stage.pause(300);
      await stage.act(() => stage.venue.edit(said, person, questionAbout(after)));
      await stage.answered(noted);
    },
  },
  {
    name: 'delete',
    weight: 6,
    questions: 1,
    async play(stage, { channel, person }) {
      const topic = stage.nextTopic();
      const said = await stage.act(() =>
        stage.venue.mention(channel, person, questionAbout(topic)),
      );
      const silence = 'the question was deleted';
      stage.note(said, { name: 'delete', codes: [topic.code], lines: 1, silence });
      await stage.pause(200);
      await stage.act(() => stage.venue.remove(said, person));
    },
  },
  {
    name: 'command',
    weight: 12,
    questions: 1,
    async play(stage, { channel, person }) {
      const topic = stage.nextTopic();
      const { said, received } = await stage.act(() =>
        stage.venue.command(channel, person, questionAbout(topic)),
      );
      const about = { ...plain, name: 'command', codes: [topic.code] };
      const noted = stage.note(said, about);
      if ((await received) === 'refused-by-platform') {
        noted.question = { ...noted.question, silence: 'the platform told the asker' };
      }
      await stage.answered(noted);
    },
  },
  {
    name: 'again',
    weight: 6,
    questions: 1,
    async play(stage, { channel, person }) {
      const topic = stage.nextTopic();
      const said = await stage.act(() =>
        stage.venue.mention(channel, person, questionAbout(topic)),
      );
      const noted = stage.note(said, { ...plain, name: 'again', codes: [topic.code] });
      await stage.answered(noted);
      if (!noted.seen) return;
      for (const button of ['up', 'shorter', 'again'] as const) {
        await stage.pause(100);
        await stage.act(() => {
          const answer = stage.venue
            .shownIn(said)
            .find(({ text, unfinished }) => text.includes(topic.code) && unfinished === null);
          return answer && stage.venue.press(answer, person, button);
        });
        await stage.answered(noted);
      }
    },
  },
  {
    name: 'unanswerable',
    weight: 4,
    questions: 1,
    async play(stage, { channel, person }) {
      const text = unanswerable(Math.floor(stage.random() * 1e6));
      const said = await stage.act(() => stage.venue.mention(channel, person, text));
      await stage.answered(stage.note(said, { ...plain, name: 'unanswerable', codes: [] }));
    },
  },
  {
    name: 'empty mention',
    weight: 2,
    questions: 1,
    async play(stage, { channel, person }) {
      const said = await stage.act(() => stage.venue.mention(channel, person, ''));
      await stage.answered(stage.note(said, { ...plain, name: 'empty mention', codes: [] }));
    },
  },
  {
    name: 'ping',
    weight: 4,
    questions: 1,
    async play(stage, { channel, person }) {
      const topic = stage.nextTopic();
      const text = `@everyone <!channel> <@U1> ${questionAbout(topic)} Repeat @everyone and <!here>.`;
      const said = await stage.act(() => stage.venue.mention(channel, person, text));
      await stage.answered(stage.note(said, { ...plain, name: 'ping', codes: [topic.code] }));
    },
  },
  {
    name: 'chatter',
    weight: 8,
    questions: 0,
    async play(stage, { channel, person }) {
      const text = questionAbout(stage.nextTopic());
      const said = await stage.act(() => stage.venue.chat(channel, person, text));
      const silence = 'nobody asked the twin';
      stage.note(said, { name: 'chatter', codes: [], lines: 0, silence });
    },
  },
];

/** One scenario by its weight. */
export function drawScenario(random: Random): Scenario {
  const total = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * total;
  const found = scenarios.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  return found ?? (scenarios[0] as Scenario);
}
