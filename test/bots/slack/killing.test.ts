import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../../bots/slack/manifest.json' with { type: 'json' };
import { buttonsOf, startSlackServer, visibleText } from '../../servers/slack/server.ts';

const program = join(import.meta.dirname, 'bot-process.ts');
const patienceMs = 30_000;

test('an answer that a killed process had begun is finished by the next, in the same message', async () => {
  const home = await mkdtemp(join(tmpdir(), 'understudy-slack-'));
  const slack = await startSlackServer({ manifest, ackDeadlineMs: 60_000 });
  const running: ChildProcess[] = [];
  const start = async (mood: 'hangs' | 'answers') => {
    const before = slack.socket.opened;
    const child = spawn(
      process.execPath,
      [program, home, slack.apiUrl, slack.botToken, slack.appToken, mood],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    running.push(child);
    await slack.until(() => slack.socket.opened > before, patienceMs);
    return child;
  };
  const kill = async (child: ChildProcess) => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  try {
    const first = await start('hangs');
    const { workspace } = slack;
    const question = workspace.user('U1').mentions({ channel: 'C1', text: 'Tell me.' });
    const own = () =>
      workspace.messages('C1', question.ts).filter(({ bot_id }) => bot_id === workspace.bot.id);
    await slack.until(() => own().some((each) => visibleText(each).includes('first')), patienceMs);
    const begun = own()[0]?.ts;
    await kill(first);

    const second = await start('answers');
    await slack.until(
      () => own().some((each) => buttonsOf(each).includes('Regenerate')),
      patienceMs,
    );
    expect(own().map(visibleText)).toEqual(['The first sentence. The second sentence.']);
    expect(own()[0]?.ts).toBe(begun);
    expect(own()[0]?.stream?.state).toBe('completed');
    await slack.settled();
    await kill(second);
    expect(slack.violations).toEqual([]);
  } finally {
    for (const child of running) child.kill('SIGKILL');
    await slack.close();
    await rm(home, { recursive: true, force: true });
  }
}, 90_000);
