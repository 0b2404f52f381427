import { describe, expect } from 'vitest';
import { type Model, type Scene, scenario, stepwise } from './scene.ts';

const echo: Model = ({ question }) => `You asked: ${question}`;

async function half(scene: Scene, steps: ReturnType<typeof stepwise>) {
  const question = scene.mention('how hot is the oven?');
  steps.say(0);
  const thread = await scene.thread(question);
  await scene.saying(thread, /The first half/u);
  return { question, thread };
}

/** Everything that anybody can read in the thread of the twin's own. */
const words = (scene: Scene, thread: Parameters<Scene['own']>[0]) =>
  scene.own(thread).map(({ text }) => text);

describe('a question that is edited', () => {
  const firstTry = stepwise('The first half. ', 'The second half.');
  scenario(
    'while it is answered is answered anew, in the same message',
    { says: (request, nth) => (nth === 0 ? firstTry.model(request, nth) : echo(request, nth)) },
    async (scene) => {
      const { question, thread } = await half(scene, firstTry);
      scene.ada.edits(question, `${scene.discord.bot.mention} how hot is the room?`);
      const answer = await scene.finished(thread);
      expect(answer.text).toContain('You asked: how hot is the room?');
      expect(words(scene, thread)).toHaveLength(1);
      expect(answer.text).not.toContain('first half');
      firstTry.finish();
    },
  );

  scenario('soon after its answer has the answer replaced', { says: echo }, async (scene) => {
    const question = scene.mention('how hot is the oven?');
    const thread = await scene.thread(question);
    const before = await scene.finished(thread);
    scene.ada.edits(question, `${scene.discord.bot.mention} how cold is the cellar?`);
    const answer = await scene.saying(thread, /how cold is the cellar/u);
    expect(answer.id).toBe(before.id);
    expect(words(scene, thread)).toHaveLength(1);
  });

  scenario('without a change in its words stays as it is', { says: echo }, async (scene) => {
    const question = scene.mention('how hot is the oven?');
    const thread = await scene.thread(question);
    await scene.finished(thread);
    scene.ada.edits(question, `how hot is the oven? ${scene.discord.bot.mention}`);
    const next = scene.mention('and what about trains?');
    await scene.finished(await scene.thread(next));
    expect(scene.requests).toHaveLength(2);
  });

  scenario('so that it mentions the twin after all is answered', { says: echo }, async (scene) => {
    const question = scene.ada.says({ channel: scene.channel, content: 'how hot is the oven?' });
    scene.ada.edits(question, `${scene.discord.bot.mention} how hot is the oven?`);
    const answer = await scene.finished(await scene.thread(question));
    expect(answer.text).toContain('how hot is the oven?');
  });
});

describe('a question that is deleted', () => {
  const stopped = stepwise('The first half. ', 'The second half.');
  scenario(
    'while it is answered takes its answer along',
    { says: stopped.model },
    async (scene) => {
      const { question, thread } = await half(scene, stopped);
      scene.ada.deletes(question);
      await scene.discord.until(() => scene.own(thread).length === 0);
      stopped.finish();
    },
  );

  const inBulk = stepwise('The first half. ', 'The second half.');
  scenario(
    'with others in one go takes its answer along',
    { says: inBulk.model },
    async (scene) => {
      const other = scene.ada.says({ channel: scene.channel, content: 'good morning' });
      const { question, thread } = await half(scene, inBulk);
      scene.ada.deletes([other, question]);
      await scene.discord.until(() => scene.own(thread).length === 0);
      inBulk.finish();
    },
  );

  scenario(
    'is forgotten, and its answer with it',
    {
      says: ({ history }) => `I know: ${history.map(({ text }) => text).join(' / ') || 'nothing'}`,
    },
    async (scene) => {
      const dm = scene.ada.dm();
      const secret = scene.ada.says({ channel: dm, content: 'is my secret word quokka?' });
      await scene.finished(dm);
      scene.ada.deletes(secret);
      scene.ada.says({ channel: dm, content: 'what do you know of me?' });
      const answer = await scene.finished(dm, 2);
      expect(answer.text).not.toContain('quokka');
    },
  );
});
