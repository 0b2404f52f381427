import { expect, test } from 'vitest';
import type { HeaderWriting } from '../../../pipelines/feature/headers/writing.ts';
import { servedMaking } from '../../../pipelines/feature/served-making.ts';
import { openSqliteHeaders } from '../../../pipelines/stores/headers/sqlite.ts';
import { temporaryHome } from '../stores/temporary.ts';

test('servers write headers where they are wanted, and have much asked of them at once', () => {
  const place = temporaryHome();
  const store = openSqliteHeaders(place.open());
  const model = { contextTokens: 8_192 } as HeaderWriting['model'];
  const prices = { promptPerMillionUsd: 1, completionPerMillionUsd: 2 };
  const llm = { urls: [], understands: true, thinks: false, prices };
  const embed = { urls: ['http://127.0.0.1:1'] };

  const nothing = servedMaking({ embed: null, headers: false, llm: null }, null, store);
  expect(nothing).toEqual({ headers: null, pace: {} });
  const quoting = servedMaking({ embed: null, headers: false, llm }, model, store);
  expect(quoting).toEqual({ headers: null, pace: {} });
  const embedding = servedMaking({ embed, headers: false, llm: null }, null, store);
  expect(embedding).toEqual({ headers: null, pace: { batch: 256, atOnce: 8 } });
  const writing = servedMaking({ embed: null, headers: true, llm }, model, store);
  expect(writing).toEqual({ headers: { model, store, prices }, pace: { batch: 256, atOnce: 8 } });
  place.close();
});
