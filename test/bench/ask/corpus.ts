import { type Random, seededRandom } from '../../../evals/statistics/random.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import type { DocumentDraft } from '../../../pipelines/stores/warehouse/document.ts';

/**
 * A made corpus of any size, the same on every machine: Zipf-distributed common words, as in natural text
 * (Zipf 1949), mixed with each topic's own, so that questions have a few right documents and many near ones.
 */
const vocabularySize = 40_000;
const topics = 400;
const wordsPerTopic = 60;
/** Share of words that come from the document's topic. */
const topicShare = 0.25;

const syllables =
  'ba be bo da de do ka ke ko la le lo ma me mo na ne no ra re ro sa se so ta te to va vi zu'.split(
    ' ',
  );
const authors = ['Ada Quill', 'Ben Marlow', 'Cleo Voss', 'Dara Finch', 'Emil Stroud'];

/** The n-th word of the made language: distinct, pronounceable, at least two syllables. */
export function word(rank: number): string {
  let text = '';
  let rest = rank + syllables.length;
  while (rest > 0) {
    text += syllables[rest % syllables.length];
    rest = Math.floor(rest / syllables.length);
  }
  return text;
}

/** Rank drawn from Zipf's law with exponent 1, by inversion of the continuous approximation. */
function commonWord(random: Random): string {
  return word(Math.floor(vocabularySize ** random()) - 1);
}

function topicWord(topic: number, random: Random): string {
  const within = Math.floor(wordsPerTopic ** random()) - 1;
  return word(vocabularySize + topic * wordsPerTopic + within);
}

/** Documents of four sections of about 180 words each: four chunks or so. */
export function* madeDocuments(count: number, seed = 7): Generator<DocumentDraft> {
  const random = seededRandom(seed);
  for (let index = 0; index < count; index += 1) {
    const topic = Math.floor(random() * topics);
    const title = [0, 1, 2].map(() => topicWord(topic, random)).join(' ');
    const sections = [0, 1, 2, 3].map(
      () => `## ${topicWord(topic, random)} ${commonWord(random)}\n\n${prose(topic, random)}`,
    );
    const author = authors[index % authors.length] ?? '';
    const link = `https://bench.invalid/${index}`;
    yield {
      id: documentId(link),
      kind: 'article',
      platform: 'folder',
      source: `made-${index % 8}`,
      origin: 'https://bench.invalid/',
      author: { id: author.toLowerCase().replace(' ', '-'), name: author },
      link,
      title,
      publishedAt: new Date(Date.UTC(2020, 0, 1 + (index % 2_000))).toISOString(),
      language: 'en',
      content: `# ${title}\n\n${sections.join('\n\n')}\n`,
      collectedAt: '2026-01-01T00:00:00.000Z',
      extras: {},
    };
  }
}

function prose(topic: number, random: Random): string {
  const sentence = () => {
    const words = Array.from({ length: 10 + Math.floor(random() * 10) }, () =>
      random() < topicShare ? topicWord(topic, random) : commonWord(random),
    );
    return `${words.join(' ').replace(/^./, (first) => first.toUpperCase())}.`;
  };
  const paragraph = () => Array.from({ length: 4 }, sentence).join(' ');
  return [0, 1, 2].map(paragraph).join('\n\n');
}

/** Questions as people ask them: three words of one topic, one common, and the small words around. */
export function madeQuestions(count: number, seed = 11): readonly string[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const topic = Math.floor(random() * topics);
    const [a, b, c] = [0, 1, 2].map(() => topicWord(topic, random));
    return `How does ${a} work with ${b} when the ${commonWord(random)} is ${c}?`;
  });
}
