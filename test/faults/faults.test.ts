import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FaultHouse, openFaultHouse } from './house.ts';
import { matrix } from './matrix.ts';
import { wrongs } from './row.ts';
import { suffer } from './suffer.ts';

let house: FaultHouse;
beforeAll(async () => {
  house = await openFaultHouse();
});
afterAll(() => house.close());

describe.each(['understand', 'embed', 'rerank', 'generate'] as const)(
  'an answer survives the server of its stage “%s”',
  (stage) => {
    const cases = matrix.filter((each) => each.stage === stage);
    test.each(cases.map((each) => [each.fault, each] as const))('meeting %s', async (_, each) => {
      expect(wrongs(await suffer(house, each), each)).toEqual([]);
    });
  },
);
