import { describe, expect, it } from 'vitest';
import { openConversation } from '../../../bots/conversation/open.ts';
import { pseudonyms } from '../../../bots/conversation/pseudonym.ts';
import { openConversationState } from '../../../bots/state/sqlite.ts';
import { openTraceLog } from '../../../monitoring/trace-log/sqlite.ts';
import type { Answering } from '../../../pipelines/inference/ask.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import type { TestTwin } from '../twin.ts';
import { type Model, openScene, type Scene, stepwise } from './scene.ts';

const quickLease = { timing: { leaseMs: 60, burstMs: 5 } };

/**
 * A process over the same state that nobody stopped in order: the first one's conversation is cut off from its
 * leases, as when its machine is gone, and a second one looks for what was left.
 */
function second({ twin }: Scene, says: Answering['model']): TestTwin & { end(): Promise<void> } {
  const stores = openEmbedded(twin.home);
  const conversation = openConversation({
    answering: { ...twin.answering, model: says },
    tracer: openTraceLog(stores.database),
    release: 'rel-test',
    state: openConversationState(stores.database),
    pseudonym: pseudonyms(Buffer.alloc(32, 1)),
    ...quickLease,
  });
  return {
    ...twin,
    conversation,
    async end() {
      await conversation.drain(1_000);
      await stores.close();
    },
  };
}

const saying = (text: string): Answering['model'] => ({
  name: 'second',
  async *stream() {
    yield { type: 'text', text, citations: [] };
    yield { type: 'finish', reason: 'stop', support: 1 };
  },
});

describe('a process that dies in mid-answer', () => {
  const cases: readonly [string, (scene: Scene) => Promise<{ where: string }>][] = [
    [
      'to a mention',
      async (scene) => {
        const thread = await scene.thread(scene.mention('how hot is the oven?'));
        await scene.saying(thread, /The first half/u);
        return { where: thread.id };
      },
    ],
    [
      'to a command',
      async (scene) => {
        const options = { question: 'how hot is the oven?' };
        scene.ada.runs({ channel: scene.channel, command: 'ask', options });
        await scene.saying(scene.channel, /The first half/u);
        return { where: scene.channel.id };
      },
    ],
  ];
  for (const [what, begin] of cases) {
    it(`${what} has it finished by the next, in the same message`, {
      timeout: 60_000,
    }, async () => {
      const steps = stepwise('The first half. ', 'The second half.');
      const scene = await openScene({ says: steps.model, conversing: quickLease });
      steps.say(0);
      const { where } = await begin(scene);
      // Nothing renews its lease any more, and nothing of it reaches Discord.
      scene.twin.conversation.drain(0);
      const next = second(scene, saying('All of it at once.'));
      await scene.replaceBot({ timing: { ...scene.settings.timing, recoverEveryMs: 40 } }, next);
      await scene.saying(where, /All of it at once|Regenerate|restarted/u);
      expect(scene.own(where)).toHaveLength(1);
      steps.finish();
      await next.end();
      await scene.close();
      expect(scene.discord.violations.filter(({ kind }) => kind !== 'own-response')).toEqual([]);
    });
  }
});

export type { Model };
