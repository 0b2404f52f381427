import type { Schemas } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, alongX, alongY, close, plane, scores } from './plane.ts';
import { openStage, refusal, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const DAY = 86_400;

describe('formulas', () => {
  const by = async (
    formula: Schemas['Expression'],
    defaults: Record<string, unknown> = {},
    more: Partial<Asked> = {},
  ) =>
    await scores(stage, await plane(stage), {
      prefetch: alongX,
      query: { formula, defaults },
      ...more,
    });

  // biome-ignore format: a table reads better with a case a line
  it.each<[string, Schemas['Expression'], readonly [number, number, number]]>([
    ['the score', '$score', [4, 3, 1]],
    ['a sum', { sum: ['$score', 'n', 0.5] }, [7.5, 3.5, -2.5]],
    ['a product', { mult: ['$score', 'n'] }, [12, 0, -4]],
    ['a sign', { neg: '$score' }, [-4, -3, -1]],
    ['an amount', { abs: 'n' }, [3, 0, 4]],
    ['a quotient', { div: { left: '$score', right: 2 } }, [2, 1.5, 0.5]],
    ['a quotient by nothing', { div: { left: '$score', right: 'n', by_zero_default: 9 } }, [4 / 3, 9, -0.25]],
    ['a power', { pow: { base: '$score', exponent: 2 } }, [16, 9, 1]],
    ['a root', { sqrt: '$score' }, [2, Math.sqrt(3), 1]],
    ['an exponential', { exp: { neg: '$score' } }, [Math.exp(-4), Math.exp(-3), Math.exp(-1)]],
    ['logarithms', { sum: [{ ln: '$score' }, { log10: '$score' }] }, [Math.log(4) + Math.log10(4), Math.log(3) + Math.log10(3), 0]],
    ['a condition', { mult: [0.5, { key: 'kind', match: { value: 'post' } }] }, [0, 0.5, 0.5]],
    ['a filter as condition', { must_not: [{ key: 'kind', match: { any: ['post'] } }] }, [1, 0, 0]],
    ['half of it is left at the scale', { exp_decay: { x: 'n', scale: 3 } }, [0.5, 1, 0.5 ** (4 / 3)]],
    ['so much is left as is said', { exp_decay: { x: 'n', target: 1, scale: 2, midpoint: 0.2 } }, [0.2, Math.sqrt(0.2), 0.2 ** 2.5]],
    ['a bell', { gauss_decay: { x: 'n', scale: 3 } }, [0.5, 1, 0.5 ** (16 / 9)]],
    ['a roof', { lin_decay: { x: 'n', scale: 3, midpoint: 0.4 } }, [0.4, 1, 0.2]],
  ])('%s', async (_, formula, [first, second, third]) => {
    const found = await by(formula);
    expect(found.toSorted(([a], [b]) => a - b)).toEqual(close([[1, first], [2, second], [3, third]]));
    expect(found.map(([, score]) => score)).toEqual(found.map(([, score]) => score).toSorted((a, b) => b - a));
  });

  it('know the scores of every prefetch, and 0 or the default of whom it did not find', async () => {
    const prefetch = [alongX, { ...alongY, limit: 1 }];
    const formula = { sum: ['$score', { mult: [10, '$score[1]'] }] };
    const name = await plane(stage);
    const asked = (defaults: Record<string, unknown>) =>
      scores(stage, name, { prefetch, query: { formula, defaults } });
    expect(await asked({})).toEqual([
      [3, 61],
      [1, 4],
      [2, 3],
    ]);
    expect(await asked({ '$score[1]': 0.5 })).toEqual([
      [3, 61],
      [1, 9],
      [2, 8],
    ]);
  });

  it('favour what is recent; what has no date counts as the default', async () => {
    const exp_decay = {
      x: { datetime_key: 'at' },
      target: { datetime: '2026-01-10T00:00:00Z' },
      scale: 2 * DAY,
    };
    const found = await by(
      { sum: ['$score', { mult: [2, { exp_decay }] }] },
      { at: '2026-01-04T00:00:00Z' },
    );
    expect(found).toEqual(
      close([
        [1, 4 + 2],
        [2, 3 + 2 * 0.5],
        [3, 1 + 2 * 0.125],
      ]),
    );
  });

  it('are refused where a field is missing and has no default', async () => {
    const refused = refusal(by({ datetime_key: 'at' }));
    expect(await refused).toEqual({
      status: 400,
      said: 'Wrong input: Expected datetime value for at in the payload and/or in the formula defaults. Error: No value found in a payload nor defaults',
    });
  });

  // biome-ignore format: a table reads better with a case a line
  it.each<[string, Schemas['Expression'], string]>([
    ['text for a number', { sum: ['kind'] }, 'Expected number value for kind in the payload'],
    ['no finite number', { ln: 'n' }, 'produced a non-finite number'],
    ['a division by nothing', { div: { left: 1, right: 'n' } }, 'produced a non-finite number'],
    ['a midpoint that never comes', { exp_decay: { x: 'n', midpoint: 1 } }, 'Decay midpoint should be in the range (0.0, 1.0)'],
    ['no scale', { exp_decay: { x: 'n', scale: 0 } }, 'Decay scale should be non-zero positive'],
    ['a reserved word', { sum: ['$vector'] }, 'failed to parse variable ID $vector'],
    ['a moment that is none', { datetime: 'yesterday' }, 'failed to parse date-time yesterday'],
  ])('are refused with %s', async (_, formula, said) => {
    const refused = await refusal(by(formula));
    expect(refused.status).toBe(400);
    expect(refused.said).toContain(said);
  });

  it('go over a fusion', async () => {
    const fused = {
      prefetch: [alongX, alongY],
      query: { rrf: { k: 60, weights: [2, 1] } },
      limit: 3,
    };
    const formula = { sum: ['$score', { key: 'kind', match: { value: 'post' } }] };
    const found = await scores(stage, await plane(stage), { prefetch: fused, query: { formula } });
    expect(found.map(([, score]) => Math.floor(score))).toEqual([1, 1, 0]);
    expect(found.at(-1)?.[0]).toBe(1);
  });

  it('are cut by a threshold', async () => {
    expect(await by('$score', {}, { score_threshold: 3 })).toEqual([
      [1, 4],
      [2, 3],
    ]);
  });
});
