import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command, ended, spawnCommand } from './command.ts';

const scratch = () => mkdtempSync(join(tmpdir(), 'understudy-batch-'));

type Line = { id: string; question: string; outcome: string; answer: string; trace: string };

describe('understudy ask --batch', () => {
  const home = join(scratch(), 'home');
  const folder = scratch();
  const questions = join(folder, 'questions.jsonl');
  const answers = join(folder, 'questions.answers.jsonl');
  const lines = (path = answers): readonly Line[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  beforeAll(async () => {
    const posts = scratch();
    writeFileSync(
      join(posts, 'tea.md'),
      '# How I brew green tea\n\nGreen tea turns bitter above eighty degrees, so I let the kettle cool for four minutes.',
    );
    await command(home, ['collect', posts, '--author', 'Ada Quill']);
    await command(home, ['features']);
    writeFileSync(
      questions,
      [
        '"Why does green tea turn bitter?"',
        '',
        '{"id": 7, "question": "How long does the kettle cool?"}',
        '{"id": "zeppelin", "question": "Who built the first zeppelin hangar in Friedrichshafen?"}',
      ].join('\n'),
    );
  });

  test('answers each question once, beside the questions, and goes on where it was', async () => {
    const first = await command(home, ['ask', '--batch', questions, '--json']);
    expect(first.stderr).toContain('2 answers, 1 without one, 0 failed');
    expect(first.code).toBe(0);
    expect(lines()).toHaveLength(3);
    const byId = new Map(lines().map((line) => [line.id, line]));
    expect(byId.get('7')).toMatchObject({ outcome: 'answered' });
    expect(byId.get('7')?.answer).toContain('four minutes. [1]');
    expect(byId.get('7')).toHaveProperty('citations.0.number', 1);
    expect(byId.get('zeppelin')).toMatchObject({ outcome: 'abstained' });
    expect(first.events()).toHaveLength(3);

    const again = await command(home, ['ask', '--batch', questions]);
    expect(again.stderr).toContain('3 questions answered before.');
    expect(lines()).toHaveLength(3);

    const status = await command(home, ['status', '--json']);
    expect(status.stdout).toContain('"traces":3');
  });

  test('cuts off the half line that a killed process left, and asks that question again', async () => {
    const to = join(folder, 'cut.jsonl');
    const [one, two] = readFileSync(answers, 'utf8').split('\n');
    writeFileSync(to, `${one}\n${two?.slice(0, 40)}`);
    const run = await command(home, ['ask', '--batch', questions, '--output', to]);
    expect(run.stderr).toContain('1 question answered before.');
    expect(new Set(lines(to).map(({ id }) => id)).size).toBe(3);
    expect(lines(to)).toHaveLength(3);
  });

  test('killed in the middle it loses nothing and doubles nothing', async () => {
    const many = join(folder, 'many.jsonl');
    const to = join(folder, 'many.answers.jsonl');
    for (let number = 0; number < 300; number += 1) {
      appendFileSync(
        many,
        `{"id": ${number}, "question": "Why is tea number ${number} bitter?"}\n`,
      );
    }
    const child = spawnCommand(home, ['ask', '--batch', many, '--json']);
    const killed = new Promise<void>((resolve) => {
      child.stdout.once('data', () => {
        child.kill('SIGKILL');
        resolve();
      });
    });
    await Promise.all([killed, ended(child)]);
    const run = await command(home, ['ask', '--batch', many]);
    expect(run.code).toBe(0);
    expect(lines(to)).toHaveLength(300);
    expect(new Set(lines(to).map(({ id }) => id)).size).toBe(300);
  });

  test.each([
    ['a line that is no question', '{"text": "why"}\n', 'line 1, is not a question'],
    [
      'one id twice',
      '{"id": 1, "question": "a"}\n{"id": "1", "question": "b"}\n',
      'stands in line 1 and in 2',
    ],
    ['nothing', '\n', 'holds no questions'],
  ])('refuses a file with %s', async (_, content, message) => {
    const path = join(scratch(), 'q.jsonl');
    writeFileSync(path, content);
    const run = await command(home, ['ask', '--batch', path]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
  });

  test('never appends to a file that is something else', async () => {
    const to = join(scratch(), 'notes.txt');
    writeFileSync(to, 'my notes\n');
    const run = await command(home, ['ask', '--batch', questions, '--output', to]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('is not an answer: this is another file');
    expect(readFileSync(to, 'utf8')).toBe('my notes\n');
  });

  test('without a question or a file it says how to ask', async () => {
    const run = await command(home, ['ask']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('There is no question.');
  });
});
