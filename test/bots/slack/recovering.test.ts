import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ReplyEvent } from '../../../bots/conversation/channel.ts';
import type { Message as Asked } from '../../../bots/conversation/message.ts';
import { openSlackChannel } from '../../../bots/slack/channel.ts';
import { defaultTimings } from '../../../bots/slack/config.ts';
import { openPeople } from '../../../bots/slack/people.ts';
import type { Reply } from '../../../bots/slack/reply.ts';
import { openWorkspaces } from '../../../bots/slack/web/workspaces.ts';
import { plainClient } from '../../servers/slack/bolt.ts';
import { play, type Scene, visibleText } from './scene.ts';

const quick = {
  retryMs: 1,
  appendEveryMs: 1,
  editEveryMs: 1,
  stopGraceMs: 1,
  statusAfterMs: 60_000,
};

/** The channel as a process has it that takes up what another one left. */
function successor({ config, twin }: Scene) {
  const timings = { ...defaultTimings, ...quick };
  return openSlackChannel({
    conversation: twin.conversation,
    log: twin.log,
    workspaces: openWorkspaces(config, timings),
    people: openPeople({}, timings, twin.log),
    timings,
    showTasks: false,
  });
}

const replyTo = (question: { readonly ts: string; readonly channel: string }): Reply => ({
  team: 'T1',
  enterprise: null,
  channel: question.channel,
  kind: 'channel',
  root: question.ts,
  question: question.ts,
  user: 'U1',
  userTeam: 'T1',
  onlyAsker: null,
  reads: 'thread',
});

function asked(reply: Reply): Asked {
  return {
    event: randomUUID(),
    message: reply.question,
    thread: `slack:T1:${reply.channel}:${reply.root}`,
    opensThread: true,
    place: { platform: 'slack', workspace: 'T1', channel: reply.channel, kind: 'channel' },
    person: { id: 'U1', roles: [], locale: 'en-US', bot: false },
    text: 'What then?',
    addressed: true,
    mentionsOthers: false,
    task: 'answer',
    reply,
  };
}

async function* answer(text: string): AsyncGenerator<ReplyEvent> {
  yield { type: 'status', stage: 'answering' };
  yield { type: 'text', text, citations: [] };
  const timings = { total: 1 };
  yield {
    type: 'done',
    outcome: 'answered',
    trace: 'trace-1',
    cited: [],
    support: 1,
    timings,
    fallbacks: [],
    generation: null,
  };
}

/** A question that no running bot hears, so that the test can answer it itself. */
async function unheard({ bot, ada, still }: Scene) {
  await bot().quiesce();
  const question = ada.says({ channel: 'C1', text: 'What then?' });
  await still();
  return question;
}

const recovered = (scene: Scene, reply: Reply, change: object = {}) => {
  const told: (readonly string[])[] = [];
  const turn = randomUUID();
  return {
    told,
    turn,
    deliver: () =>
      successor(scene).deliver({
        turn,
        message: asked(reply),
        events: answer('The whole answer.'),
        earlier: null,
        recovered: true,
        stands: async (_where, ids) => void told.push(ids),
        ...change,
      }),
  };
};

const later = { slack: { ackDeadlineMs: 600_000 } };

test('a stream that a dead process left open is found, ended and replaced in place', () =>
  play(later, async (scene) => {
    const question = await unheard(scene);
    const client = plainClient(scene.slack);
    const { ts } = await client.chat.startStream({
      channel: 'C1',
      thread_ts: question.ts,
      recipient_team_id: 'T1',
      recipient_user_id: 'U1',
      chunks: [{ type: 'markdown_text', text: 'The whole ans' }],
    });
    const { deliver, told } = recovered(scene, replyTo(question));
    await deliver();
    const own = scene.own('C1', question.ts);
    expect(own.map(visibleText)).toEqual(['The whole answer.']);
    expect(own[0]?.ts).toBe(ts);
    expect(own[0]?.stream?.state).toBe('completed');
    expect(told.at(-1)).toEqual([ts]);
  }));

test('a finished answer that a dead process could not tell about is found by its turn', () =>
  play(later, async (scene) => {
    const question = await unheard(scene);
    const { deliver, turn } = recovered(scene, replyTo(question));
    const client = plainClient(scene.slack);
    const post = (text: string, of: string) =>
      client.chat.postMessage({
        channel: 'C1',
        thread_ts: question.ts,
        text,
        metadata: { event_type: 'understudy_answer', event_payload: { turn: of } },
        unfurl_links: false,
      });
    await post('An answer to somebody else.', randomUUID());
    const { ts } = await post('The whole answer, as it was.', turn);
    await deliver();
    const own = scene.own('C1', question.ts);
    expect(own.map(visibleText)).toEqual(['An answer to somebody else.', 'The whole answer.']);
    expect(own[1]?.ts).toBe(ts);
  }));

test('where a dead process had shown nothing, the answer is posted', () =>
  play(later, async (scene) => {
    const question = await unheard(scene);
    const { deliver } = recovered(scene, replyTo(question));
    await deliver();
    expect(scene.own('C1', question.ts).map(visibleText)).toEqual(['The whole answer.']);
  }));

test('answers that belong to other turns, and lines beside them, are never taken over', () =>
  play({ says: () => 'The answer before.' }, async (scene) => {
    const { ada, bo, answer: answered, own, slack } = scene;
    const first = ada.mentions({ channel: 'C1', text: 'What first?' });
    const before = await answered('C1', first.ts);
    await ada.presses(before, 'twin_resolve');
    await slack.until(() => own('C1', first.ts).length === 2);
    await scene.bot().quiesce();
    const { deliver } = recovered(scene, { ...replyTo(first), user: bo.id });
    await deliver();
    expect(own('C1', first.ts).map(visibleText)).toEqual([
      'The answer before.',
      expect.stringContaining('marked this as resolved'),
      'The whole answer.',
    ]);
  }));

test('an answer in several messages of which one is gone is put together again', () =>
  play(later, async (scene) => {
    const question = await unheard(scene);
    const client = plainClient(scene.slack);
    const made: string[] = [];
    for (const text of ['Part one.', 'Part two.', 'Part three.']) {
      const { ts } = await client.chat.postMessage({
        channel: 'C1',
        thread_ts: question.ts,
        text,
        unfurl_links: false,
      });
      made.push(ts!);
    }
    await client.chat.delete({ channel: 'C1', ts: made[0]! });
    const { deliver, told } = recovered(scene, replyTo(question), {
      earlier: { messages: made, onlyAsker: false },
      recovered: false,
    });
    await deliver();
    expect(scene.own('C1', question.ts).map(visibleText)).toEqual(['The whole answer.']);
    expect(told.at(-1)).toEqual([made[1]]);
  }));

test('an answer that only the asker sees is not said twice when nobody knows whether it was', () =>
  play(later, async (scene) => {
    const question = await unheard(scene);
    const handle = { url: 'http://127.0.0.1:9/nowhere', replaces: false };
    const { deliver } = recovered(
      scene,
      { ...replyTo(question), root: null, onlyAsker: handle },
      { earlier: { messages: [], onlyAsker: true }, recovered: false },
    );
    await deliver();
    expect(scene.ada.ephemerals()).toEqual([]);
  }));
