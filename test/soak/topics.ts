import { syncFeatures } from '../../pipelines/feature/sync.ts';
import { documentId } from '../../pipelines/stores/identity.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';

/** Something that only one document of the corpus is about. */
export type Topic = {
  /** A made-up word that stands nowhere else. */
  readonly word: string;
  /** Stands once in one sentence of the corpus: whoever reads it reads that answer. */
  readonly code: string;
};

const syllables = 'ba du fi go ka lu mi no pa ru si to va we zo'.split(' ');

/** The n-th topic, the same in every run. */
export function topic(index: number): Topic {
  let word = '';
  // A fixed number of syllables: no word is the beginning of another.
  for (let rest = index, count = 0; count < 5; count += 1) {
    word += syllables[rest % syllables.length];
    rest = Math.floor(rest / syllables.length);
  }
  return { word: `${word}k`, code: `QX${String(index).padStart(6, '0')}` };
}

export const questionAbout = ({ word }: Topic): string => `What does a ${word} need?`;

/** Something that nothing in the corpus is about. */
export const unanswerable = (index: number): string =>
  `Who invented the ${syllables[index % syllables.length]}xyzzt${index} of plumbers?`;

/** Writes and indexes one document a topic. */
export async function writeTopics(home: string, count: number): Promise<void> {
  const stores = openEmbedded(home);
  try {
    for (let index = 0; index < count; index += 1) {
      const { word, code } = topic(index);
      const link = `https://soak.example/${word}`;
      await stores.warehouse.upsert({
        id: documentId(link),
        kind: 'article',
        platform: 'folder',
        source: `shelf-${index % 8}`,
        origin: 'https://soak.example/',
        author: { id: 'mara', name: 'Mara Lindqvist' },
        link,
        title: `On the ${word}`,
        publishedAt: new Date(Date.UTC(2020, 0, 1 + (index % 2_000))).toISOString(),
        language: 'en',
        content: `# On the ${word}\n\nA ${word} needs the drawer with the label ${code} and some patience.`,
        collectedAt: '2026-01-01T00:00:00.000Z',
        extras: {},
      });
    }
    for await (const event of syncFeatures({ ...stores, embedder: null }, {})) {
      if (event.type === 'refused') throw new Error(event.reason.message);
    }
  } finally {
    await stores.close();
  }
}
