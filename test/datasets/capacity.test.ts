import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const article = join(import.meta.dirname, '../../datasets/handbook/a-hundred-million-chunks.md');

/** The cells of every table row, by what stands in the first one. */
let rows: Map<string, readonly string[]>[];
let text: string;

beforeAll(async () => {
  text = await readFile(article, 'utf8');
  rows = text.split(/\n{2,}/u).flatMap((block) => {
    const cells = block
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').slice(1, -1).map(plain));
    return cells.length > 0 ? [new Map(cells.map(([name = '', ...rest]) => [name, rest]))] : [];
  });
});

const plain = (cell: string) => cell.replaceAll('**', '').trim();

function row(name: string, like: RegExp = /./u): readonly string[] {
  const found = rows
    .map((table) => table.get(name))
    .find((cells) => cells?.some((cell) => like.test(cell)));
  if (!found) throw new Error(`There is no row ${name}.`);
  return found;
}

/** The numbers of a cell: `1,593 GB` is 1593, and `1,500; 250` are two. */
const numbers = (cell: string | undefined) =>
  [...(cell ?? '').matchAll(/\d[\d,]*(?:\.\d+)?/gu)].map(([each]) =>
    Number(each.replaceAll(',', '')),
  );
const input = (letter: string) => numbers(row(letter).at(-1));
const one = (letter: string) => input(letter)[0] ?? Number.NaN;

const sizes = [1e6, 1e7, 1e8] as const;
const nameOf = (chunks: number) => `${chunks / 1e6} M`;
const GB = 1e9;

/** Equal but for how the page rounds: two figures. */
function expectAbout(said: number | undefined, reckoned: number): void {
  expect(Math.abs((said ?? Number.NaN) - reckoned) / reckoned).toBeLessThan(0.05);
}

const kinds = [
  { dimensions: 0, links: 0 },
  { dimensions: 384, links: 16 },
  { dimensions: 1_024, links: 32 },
];
const memoryOf = ({ dimensions, links }: (typeof kinds)[number]) =>
  one('w') * one('s') + one('x') + dimensions + Math.round(2 * links * 4 * 1.1);
const diskOf = (kind: (typeof kinds)[number]) =>
  memoryOf(kind) + one('P') + one('w') * 8 + 4 * kind.dimensions;
const replicasOf = (chunks: number) => (chunks < 1e7 ? 1 : 2);
const membersOf = (chunks: number) => (chunks < 1e7 ? 1 : 3);

describe('the page about a hundred million chunks', () => {
  it('adds up the bytes of a chunk from what it says goes in', () => {
    expect(row('bytes in memory').flatMap(numbers)).toEqual(kinds.map(memoryOf));
    expect(row('bytes').flatMap(numbers)).toEqual(kinds.map(diskOf));
    for (const [at, kind] of kinds.entries()) {
      expectAbout(numbers(row('with half more')[at])[0], 1.5 * diskOf(kind));
    }
  });

  it.each(sizes)('multiplies them right for %d chunks', (chunks) => {
    const [documents, memory, disk, , mongo] = row(nameOf(chunks), /GB/u).map(
      (cell) => numbers(cell)[0],
    );
    const [, small = kinds[0]] = kinds;
    if (!small) throw new Error('There are no vectors.');
    const replicas = replicasOf(chunks);
    expectAbout(documents, chunks / one('c') / 1e6);
    expectAbout(memory, (chunks * memoryOf(small) * replicas * 1.25) / GB);
    expectAbout(disk, (chunks * diskOf(small) * replicas * 1.5) / GB);
    expectAbout(mongo, ((chunks / one('c')) * (one('D') + one('i')) * membersOf(chunks)) / GB);
  });

  it.each(sizes)('divides them right for the hours of %d chunks', (chunks) => {
    const hours = row(nameOf(chunks), / h$/u).map((cell) => numbers(cell)[0]);
    const [fast = Number.NaN, slow = Number.NaN] = input('e');
    const rates = [fast, slow, 36, one('r')];
    for (const [at, rate] of rates.entries()) {
      // A tenth of an hour is as exact as the page is.
      const reckoned = chunks / rate / 3_600;
      expect(Math.abs((hours[at] ?? Number.NaN) - reckoned)).toBeLessThan(0.05 + 0.01 * reckoned);
    }
  });

  it('plans for as long as its walks take', () => {
    const walkSeconds = 1e8 / one('c') / one('h');
    const [, waves = '', said = ''] = /and (\d+) waves plan for (\d+) hours/u.exec(text) ?? [];
    expectAbout(Number(said), (Number(waves) * 2.5 * walkSeconds) / 3_600);
    expectAbout(Number(waves), 1e8 / one('c') / (64 * 400));
  });

  it('pays for what it buys', () => {
    const [memory = Number.NaN, disk = Number.NaN] = input('p');
    const sum = (640 + 3 * 32 + 2 + 40) * memory + 2_500 * disk;
    expectAbout(numbers(row('100 M', /GB/u).at(-1))[0], sum);
  });
});
