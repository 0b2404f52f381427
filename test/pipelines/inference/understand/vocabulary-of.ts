import { gazetteerOf } from '../../../../pipelines/inference/understand/gazetteer.ts';
import type { Vocabulary } from '../../../../pipelines/inference/understand/vocabulary.ts';
import type { Facets } from '../../../../pipelines/stores/warehouse/port.ts';

/** A small warehouse, as self-query sees it. */
export const facets: Facets = {
  authors: [
    { id: 'ines-okafor', name: 'Ines Okafor', documents: 4 },
    { id: 'tomas-reyes', name: 'Tomás Reyes', documents: 4 },
    { id: 'mara-lindqvist', name: 'Mara Lindqvist', documents: 4 },
    { id: 'mara-stone', name: 'Mara Stone', documents: 1 },
    { id: 'comaromi', name: 'Comaromi, J.P.', documents: 1 },
  ],
  sources: [
    'The Verge',
    'Fortune',
    'FOX News - Health',
    'FOX News - Lifestyle',
    'Cnbc | World Business News Leader',
    'example.org',
  ].map((name) => ({ name, documents: 3 })),
  origins: [{ name: '/writing', documents: 14 }],
  platforms: [
    { name: 'folder', documents: 9 },
    { name: 'feed', documents: 2 },
  ],
  kinds: [
    { name: 'post', documents: 5 },
    { name: 'article', documents: 5 },
    { name: 'note', documents: 1 },
  ],
  languages: [
    { name: 'en', documents: 9 },
    { name: 'de', documents: 2 },
  ],
  earliest: '2023-01-01T00:00:00.000Z',
  latest: '2026-02-19T00:00:00.000Z',
  documents: 14,
};

export const vocabulary: Vocabulary = {
  facets,
  gazetteer: gazetteerOf(facets),
  languages: ['en', 'de'],
  titles: [
    { id: '3', title: 'The Redis outage of February', publishedAt: '2026-02-19T08:00:00.000Z' },
    { id: '2', title: 'Caches, and why not', publishedAt: '2025-05-02T08:00:00.000Z' },
    { id: '1', title: 'Undated thoughts on caches', publishedAt: null },
  ],
};
