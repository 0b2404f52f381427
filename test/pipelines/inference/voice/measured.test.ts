import { describe, expect, test } from 'vitest';
import { measuredVoice, type Writing } from '../../../../pipelines/inference/voice/measured.ts';
import type { StyleProfile } from '../../../../pipelines/inference/voice/style.ts';

const profile: StyleProfile = {
  documents: 12,
  words: 9_000,
  sentences: 640,
  sentenceWords: 13.7,
  paragraphSentences: 3.2,
  questions: 0.1,
  favouriteWords: ['zanzibarium'],
  openings: [{ words: 'Secret Plan', share: 0.1 }],
  punctuation: [
    { mark: '—', perThousand: 6 },
    { mark: ':', perThousand: 8 },
    { mark: ';', perThousand: 1 },
    { mark: '!', perThousand: 0 },
  ],
  languages: ['en'],
};
const knowing = (names: readonly string[], style: StyleProfile | null) => ({
  authors: async () => names.map((name) => ({ name })),
  style: async () => style,
});
const told = (writing: Writing) => measuredVoice(writing, { trained: false });

describe('the voice in a prompt', () => {
  test('says how somebody writes, in numbers and habits', async () => {
    const { author, style } = await told(knowing(['Ada Quill'], profile));
    expect(author).toBe('Ada Quill');
    expect(style).toBe(
      'Sentences have about 14 words, paragraphs about 3 sentences. Now and then there is a question. ' +
        'There are dashes and colons. There are no exclamation marks.',
    );
  });

  test('gives away no word of the writing', async () => {
    const { style } = await told(knowing(['Ada Quill'], profile));
    expect(style).not.toMatch(/zanzibarium|Secret/u);
  });

  test('names a few authors, and nobody where there are many or none', async () => {
    const author = async (...names: string[]) => (await told(knowing(names, null))).author;
    expect(await author('Ada', 'Ben', 'Cy')).toBe('Ada, Ben, and Cy');
    expect(await author('Ada', 'Ben', 'Cy', 'Di')).toBe('the author');
    expect(await author()).toBe('the author');
    expect((await told(knowing([], null))).style).toBe('');
  });

  test('is the name alone where trained weights know the rest, and then nothing is measured', async () => {
    let measured = 0;
    const style = async () => {
      measured += 1;
      return profile;
    };
    const writing = { ...knowing(['Ada Quill'], profile), style };
    expect(await measuredVoice(writing, { trained: true })).toEqual({
      author: 'Ada Quill',
      style: '',
    });
    expect(measured).toBe(0);
  });
});
