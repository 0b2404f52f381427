import { expect, test } from 'vitest';
import { startSlack } from '../../../bots/slack/start.ts';
import { buttonsOf, inParts, play, type Scene, visibleText } from './scene.ts';

const parts = ['The first sentence. ', 'The second sentence. ', 'The third sentence.'] as const;
const whole = parts.join('');

/** Asks, and lets the answer come part by part, each shown before the next. */
async function tellSlowly(
  scene: Scene,
  slow: ReturnType<typeof inParts>,
  shown: (scene: Scene, root: string, part: number) => boolean | Promise<boolean> = (
    { shown: text },
    root,
    part,
  ) => text('C1', root).includes(parts[part]!.trim().split(' ').slice(0, 2).join(' ')),
) {
  const question = scene.ada.mentions({ channel: 'C1', text: 'Tell me slowly.' });
  for (const part of [0, 1, 2]) {
    slow.say(part);
    await scene.slack.until(() => shown(scene, question.ts, part));
  }
  slow.finish();
  await scene.answer('C1', question.ts);
  await scene.still();
  return question;
}

const textOf = ({ own }: Scene, root: string) =>
  own('C1', root)
    .map((message) => visibleText(message).trim())
    .join(' ');

test('an answer grows before people’s eyes in one message', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async (scene) => {
    const question = await tellSlowly(scene, slow);
    const [message] = scene.own('C1', question.ts);
    const versions = message!.history.map(({ text }) => text);
    expect(versions.length).toBeGreaterThan(3);
    for (const [index, version] of versions.entries()) {
      expect(version.startsWith(versions[index - 1] ?? '')).toBe(true);
    }
    expect(visibleText(message!)).toBe(whole);
    expect(message!.stream?.recipient).toEqual({ team: 'T1', user: 'U1' });
  });
});

test('a stream that expires goes on in a fresh message with only what was not shown', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async (scene) => {
    scene.slack.faults.expireStreams({ appends: 1, times: 1 });
    const question = await tellSlowly(scene, slow);
    expect(textOf(scene, question.ts)).toBe(whole);
    expect(scene.own('C1', question.ts).length).toBe(2);
  });
});

for (const when of ['before', 'after'] as const) {
  for (const method of ['chat.startStream', 'chat.appendStream', 'chat.stopStream'] as const) {
    test(`a connection cut ${when} the effect of ${method} shows nothing twice`, () => {
      const slow = inParts(...parts);
      return play({ says: slow.model }, async (scene) => {
        scene.slack.faults.next(method, { kind: 'drop', when });
        const question = await tellSlowly(scene, slow);
        expect(textOf(scene, question.ts)).toBe(whole);
        expect(scene.own('C1', question.ts)).toHaveLength(1);
      });
    });
  }
}

test('a call that never answers is given up and its effect looked for', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model, timings: { callMs: 150 } }, async (scene) => {
    scene.slack.faults.next('chat.startStream', { kind: 'timeout', when: 'after' });
    scene.slack.faults.next('chat.appendStream', { kind: 'timeout', when: 'before' });
    const question = await tellSlowly(scene, slow);
    expect(textOf(scene, question.ts)).toBe(whole);
  });
});

test('a failing Slack is tried again, with what it asked to wait for', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async (scene) => {
    const { faults } = scene.slack;
    faults.next('chat.appendStream', { kind: 'rate_limited', retryAfterS: 1 });
    faults.next('chat.appendStream', { kind: 'status', status: 503 });
    faults.next('chat.update', { kind: 'status', status: 500 });
    faults.next('chat.update', { kind: 'error', error: 'internal_error' });
    const question = await tellSlowly(scene, slow);
    expect(textOf(scene, question.ts)).toBe(whole);
    expect(scene.slack.faults.injected).toHaveLength(4);
  });
});

test('when no more streams may be begun for now, the answer is posted and edited instead', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async (scene) => {
    scene.slack.faults.next('chat.startStream', { kind: 'rate_limited', retryAfterS: 3_600 });
    const question = await tellSlowly(scene, slow);
    expect(textOf(scene, question.ts)).toBe(whole);
    expect(scene.slack.callsOf('chat.startStream')).toHaveLength(1);
  });
});

test('text that Slack finds too long goes on in the next message', () =>
  play(
    {
      says: () =>
        Array.from({ length: 40 }, (_, n) => `Paragraph ${n} ${'of many words '.repeat(60)}.`).join(
          '\n\n',
        ),
    },
    async (scene) => {
      scene.slack.faults.next('chat.startStream', { kind: 'error', error: 'msg_too_long' });
      const question = scene.ada.mentions({ channel: 'C1', text: 'Everything, please.' });
      const last = await scene.answer('C1', question.ts);
      const messages = scene.own('C1', question.ts);
      expect(messages.length).toBeGreaterThan(3);
      const text = messages.map(visibleText).join('\n');
      for (let n = 0; n < 40; n += 1) expect(text.split(`Paragraph ${n} `)).toHaveLength(2);
      expect(messages.filter((message) => buttonsOf(message).length > 0)).toEqual([last]);
    },
  ));

test('a long answer is cut between paragraphs and never inside its code', () =>
  play(
    {
      says: () => {
        const code = `\`\`\`ts\n${'const line = "of code";\n'.repeat(60)}\`\`\``;
        return Array.from({ length: 12 }, (_, n) => `Part ${n}.\n\n${code}`).join('\n\n');
      },
    },
    async (scene) => {
      const question = scene.ada.mentions({ channel: 'C1', text: 'All the code, please.' });
      await scene.answer('C1', question.ts);
      const messages = scene.own('C1', question.ts).map(visibleText);
      expect(messages.length).toBeGreaterThan(1);
      for (const message of messages) expect(message.match(/```/gu)!.length % 2).toBe(0);
      const text = messages.join('\n');
      for (let n = 0; n < 12; n += 1) expect(text.split(`Part ${n}.`)).toHaveLength(2);
    },
  ));

test('Slack’s own stop button ends the answer, in the same message, with an honest line', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async (scene) => {
    const { ada, own, slack, answer, still } = scene;
    const question = ada.mentions({ channel: 'C1', text: 'Tell me slowly.' });
    slow.say(0);
    await slack.until(() => own('C1', question.ts)[0]?.stream?.markdown);
    ada.stopsStream(own('C1', question.ts)[0]!);
    slow.say(1);
    const said = await answer('C1', question.ts);
    slow.finish();
    await still();
    expect(own('C1', question.ts)).toHaveLength(1);
    expect(visibleText(said)).toContain('The first sentence.');
    expect(visibleText(said)).toContain('Stopped by you.');
    expect(visibleText(said)).not.toContain('third');
  });
});

test('when somebody else stops the stream, the answer is still there at the end, once', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async ({ ada, bo, own, slack, answer, still }) => {
    const question = ada.mentions({ channel: 'C1', text: 'Tell me slowly.' });
    slow.say(0);
    await slack.until(() => own('C1', question.ts)[0]?.stream?.markdown);
    bo.stopsStream(own('C1', question.ts)[0]!);
    await slack.until(() => bo.ephemerals('C1').length > 0);
    slow.finish();
    expect(visibleText(await answer('C1', question.ts))).toBe(whole);
    await still();
    expect(own('C1', question.ts)).toHaveLength(1);
    expect(bo.ephemerals('C1')[0]?.text).toContain('Only the person who asked');
  });
});

test('where answers go into the channel itself they grow by edits, with a button to stop', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async ({ ada, bo, twin, own, slack, answer, still }) => {
    const place = { platform: 'slack', workspace: 'T1', channel: 'C1', kind: 'channel' } as const;
    const settings = await twin.conversation.settings(place);
    await twin.conversation.changeSettings(place, { ...settings, answerIn: 'channel' });
    ada.mentions({ channel: 'C1', text: 'Tell me slowly.' });
    slow.say(0);
    const growing = await slack.until(() => own('C1')[0]);
    expect(growing.thread_ts).toBeUndefined();
    expect(buttonsOf(growing)).toEqual(['Stop']);
    await bo.presses(growing, 'twin_stop');
    const refused = await slack.until(() => bo.ephemerals('C1').at(-1));
    expect(refused.text).toContain('Only the person who asked');
    await ada.presses(own('C1')[0]!, 'twin_stop');
    const said = await answer('C1');
    slow.finish();
    await still();
    expect(visibleText(said)).toContain('Stopped by you.');
    expect(buttonsOf(said)).not.toContain('Stop');
    expect(own('C1')).toHaveLength(1);
    expect(said.unfurl).toEqual({ links: false, media: false });
  });
});

test('while it looks for an answer the thread says so, and no longer once it is there', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model, timings: { statusAfterMs: 0 } }, async (scene) => {
    const { ada, workspace, slack, answer } = scene;
    const question = ada.mentions({ channel: 'C1', text: 'Tell me slowly.' });
    await slack.until(() => workspace.status('C1', question.ts) !== '');
    expect(workspace.statuses('C1')[0]?.loadingMessages.length).toBeGreaterThan(2);
    slow.finish();
    await answer('C1', question.ts);
    expect(workspace.status('C1', question.ts)).toBe('');
  });
});

test('a status that cannot be shown keeps no answer from coming', () =>
  play({ says: () => 'Here.', timings: { statusAfterMs: 0 } }, async (scene) => {
    scene.slack.faults.next(
      'assistant.threads.setStatus',
      { kind: 'error', error: 'not_allowed' },
      9,
    );
    await scene.answerTo(scene.ada.mentions({ channel: 'C1', text: 'Hello?' }));
  }));

test('stages can be shown as tasks with the sources they found', () =>
  play({ config: { showTasks: true } }, async ({ ada, answerTo }) => {
    const said = await answerTo(
      ada.mentions({ channel: 'C1', text: 'How long do you bake sourdough?' }),
    );
    const tasks = said.stream?.tasks ?? [];
    expect(tasks.every(({ status }) => status === 'complete')).toBe(true);
    const searching = tasks.find(({ id }) => id === 'retrieving');
    expect(searching?.sources.map(({ url }) => url)).toContain('https://mara.example/bread');
    expect(visibleText(said)).toContain('forty minutes');
  }));

test('a channel without streams gets its answer by edits', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async (scene) => {
    scene.slack.faults.next(
      'chat.startStream',
      { kind: 'error', error: 'method_not_supported_for_channel_type' },
      9,
    );
    const question = await tellSlowly(scene, slow);
    expect(textOf(scene, question.ts)).toBe(whole);
    expect(scene.own('C1', question.ts)[0]?.stream).toBeUndefined();
  });
});

test('a connection that Slack renews in mid-answer costs nothing', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async (scene) => {
    const { slack, ada, own, answer } = scene;
    const question = ada.mentions({ channel: 'C1', text: 'Tell me slowly.' });
    slow.say(0);
    await slack.until(() => own('C1', question.ts).length === 1);
    slack.socket.disconnect('refresh_requested');
    await slack.until(() => slack.socket.opened === 2 && slack.socket.connections === 1);
    slow.finish();
    expect(visibleText(await answer('C1', question.ts))).toBe(whole);
    ada.says({ channel: 'C1', thread_ts: question.ts, text: 'And again?' });
    await answer('C1', question.ts, 2);
  });
});

test('a connection that breaks is opened again, and what was said meanwhile is answered', () =>
  play(
    {
      says: () => 'Here.',
      slack: { ackDeadlineMs: 400, retryDelaysMs: [0, 100, 400] },
      allowed: ['late_ack'],
    },
    async ({ slack, ada, answerTo }) => {
      slack.faults.next('apps.connections.open', { kind: 'status', status: 500 }, 2);
      slack.socket.drop();
      const question = ada.mentions({ channel: 'C1', text: 'Still there?' });
      await slack.until(() => slack.socket.connections === 1);
      await answerTo(question);
    },
  ));

test('a Slack that limits or fails at the start is waited for', () =>
  play(
    {
      says: () => 'Here.',
      start: (twin, { faults }, config) => {
        faults.next('apps.connections.open', { kind: 'status', status: 503 });
        faults.next('apps.connections.open', { kind: 'rate_limited', retryAfterS: 0 });
        faults.next('auth.test', { kind: 'drop', when: 'before' });
        return startSlack(twin, config);
      },
    },
    async ({ ada, answerTo, slack }) => {
      await answerTo(ada.mentions({ channel: 'C1', text: 'Hello?' }));
      expect(slack.faults.injected).toHaveLength(3);
    },
  ));

test('an event is acknowledged when it is taken in, so that no crash in between loses it', () =>
  play({ says: () => 'Here.' }, async ({ slack, ada, answerTo }) => {
    slack.faults.next('users.info', { kind: 'slow', delayMs: 150 });
    const question = ada.mentions({ channel: 'C1', text: 'Hello?' });
    await slack.until(() => slack.callsOf('users.info').length > 0);
    expect(slack.deliveries.some(({ state }) => state === 'acknowledged')).toBe(false);
    await answerTo(question);
    await slack.until(() => slack.deliveries.every(({ state }) => state === 'acknowledged'));
  }));

test('every event is acknowledged at once, however long its answer takes', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async ({ slack, ada, bo, own, still }) => {
    const first = ada.mentions({ channel: 'C1', text: 'Slowly.' });
    const second = bo.mentions({ channel: 'C1', text: 'Slowly, too.' });
    slow.say(0);
    await slack.until(() => own('C1', first.ts).length + own('C1', second.ts).length === 2);
    // The answers are not finished, and cannot be before the test lets them.
    await slack.until(() => slack.deliveries.every(({ state }) => state === 'acknowledged'));
    expect(slack.deliveries.length).toBeGreaterThanOrEqual(4);
    slow.finish();
    await still();
  });
});
