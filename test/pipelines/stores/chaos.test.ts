import { expect, test } from 'vitest';
import { runChaos } from '../../chaos/run.ts';

// The quick variant of `npm run chaos`, which kills fifty times.
test('nothing is lost or doubled when indexing is killed five times', {
  timeout: 120_000,
}, async () => {
  const { rows, faults } = await runChaos({ kills: 5, files: 60, seed: 7 });
  expect(faults).toEqual([]);
  expect(rows.find(({ metric }) => metric === 'kills')?.value).toBe(5);
  expect(rows.find(({ metric }) => metric === 'documents')?.value).toBeGreaterThanOrEqual(60);
});
