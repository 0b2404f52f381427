import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  loadAnswerPrompts,
  systemText,
} from '../../../../pipelines/inference/generate/messages.ts';
import { fill, loadPrompt, promptsHash } from '../../../../pipelines/inference/prompts/load.ts';
import { PermanentError } from '../../../../pipelines/stores/errors.ts';

describe('a prompt file', () => {
  test('is known by the hash of its bytes', () => {
    const { text, hash } = loadPrompt('answer');
    const file = readFileSync(
      new URL('../../../../pipelines/inference/prompts/answer.md', import.meta.url),
    );
    expect(hash).toBe(createHash('sha256').update(file).digest('hex'));
    expect(text).toBe(file.toString('utf8').trimEnd());
  });

  test('that is not there is named', () => {
    expect(() => loadPrompt('nothing')).toThrow(
      new PermanentError('There is no prompt nothing.md.', { code: 'prompt.missing' }),
    );
  });

  test('among several changes their hash, and so does their order', () => {
    const hashes = [['answer'], ['answer', 'question'], ['question', 'answer']].map(promptsHash);
    expect(new Set(hashes).size).toBe(3);
    expect(promptsHash(['answer'])).toBe(hashes[0]);
  });
});

describe('filling a prompt', () => {
  test('expands nothing that a value holds', () => {
    expect(fill('{{a}} and {{b}}', { a: '{{b}} $& $1', b: '{{a}}' })).toBe('{{b}} $& $1 and {{a}}');
  });

  test('refuses a slot that nobody fills in, even one that every object has', () => {
    expect(() => fill('{{author}}', {})).toThrow('{{author}}');
    expect(() => fill('{{constructor}}', { a: '' })).toThrow('{{constructor}}');
  });
});

describe('the prompt of an answer', () => {
  const system = systemText(loadAnswerPrompts(), { author: 'Ada Quill', style: 'Dry.' });

  test('says whose voice it is, how to cite and what to say where there is no answer', () => {
    expect(system).toContain('in the place of Ada Quill');
    expect(system).toContain('Dry.');
    expect(system).toContain('[2]');
    expect(system).toContain('NO_ANSWER');
  });

  test('leaves no slot open and stays short', () => {
    expect(system).not.toContain('{{');
    expect(system.split(/\s+/u).length).toBeLessThan(300);
  });

  test('without words on style has no gap in it', () => {
    const bare = systemText(loadAnswerPrompts(), { author: 'Ada Quill', style: '' });
    expect(bare).not.toMatch(/\n{3}/u);
  });
});
