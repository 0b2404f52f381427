import { momentOf } from '../../../pipelines/stores/features/access.ts';
import { queryTerms } from '../../../pipelines/stores/features/lexical.ts';
import type { Access, FeatureSet, ScoredChunk } from '../../../pipelines/stores/features/port.ts';
import type { Facets } from '../../../pipelines/stores/warehouse/port.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import type { House } from '../house.ts';
import { counted, type Output } from '../output.ts';

export type SearchCommand = {
  readonly words: string;
  readonly limit: number;
  /** Passages of one document at most; null for all. */
  readonly perDocument: number | null;
  readonly sources: readonly string[];
  /** Names or ids. */
  readonly authors: readonly string[];
  /** ISO 8601. */
  readonly since: string | null;
};

type Rooms = Pick<House, 'features' | 'warehouse' | 'embedder'>;

/** The passages a question would be answered from, and nothing made of them; by words, and by meaning where the set has vectors. */
export async function runSearch(
  house: Rooms,
  command: SearchCommand,
  output: Output,
  signal?: AbortSignal,
): Promise<ExitCode> {
  const [set, facets] = await Promise.all([house.features.current(), house.warehouse.facets()]);
  if (!set) throw new UsageError('There is nothing to search yet.', 'Begin with: understudy start');
  const access = accessOf(command, facets);
  const languages = facets.languages.map(({ name }) => name);
  const vector = await vectorOf(house, set, command.words, signal);
  const found = await house.features.searchHybrid(
    set.id,
    {
      terms: queryTerms(command.words, { languages }),
      ...(vector && { vector }),
      ...(command.perDocument !== null && { perDocument: command.perDocument }),
    },
    { limit: command.limit, access, ...(signal && { signal }) },
  );
  output.data({ set: set.id, words: command.words, byMeaning: Boolean(vector), found });
  if (found.length === 0) {
    output.line('Nothing found.');
    return exitCodes.no;
  }
  for (const [at, each] of found.entries()) print(each, at + 1, output);
  const how = vector ? 'by words and meaning' : 'by words';
  output.note(`${counted(found.length, 'passage')} of ${counted(set.chunks, 'passage')}, ${how}`);
  return exitCodes.done;
}

function accessOf({ sources, authors, since }: SearchCommand, facets: Facets): Access {
  if (since !== null && momentOf(since) === null) {
    throw new UsageError(`${since} is no date.`, 'Write it as 2024-05-31.');
  }
  return {
    ...(sources.length > 0 && { sources: sources.map((name) => sourceNamed(name, facets)) }),
    ...(authors.length > 0 && { authors: authors.flatMap((name) => authorsNamed(name, facets)) }),
    ...(since !== null && { since }),
  };
}

const isCalled = (wanted: string) => (name: string) => name.toLowerCase() === wanted.toLowerCase();

function sourceNamed(wanted: string, { sources }: Facets): string {
  const found = sources.map(({ name }) => name).find(isCalled(wanted));
  if (found !== undefined) return found;
  throw new UsageError(`There is no source ${wanted}.`, known(sources));
}

/** Two authors can have the same name: both are meant. */
function authorsNamed(wanted: string, { authors }: Facets): readonly string[] {
  const is = isCalled(wanted);
  const found = authors.filter(({ id, name }) => is(id) || is(name)).map(({ id }) => id);
  if (found.length > 0) return found;
  throw new UsageError(`There is no author ${wanted}.`, known(authors));
}

const known = (all: readonly { readonly name: string }[]) =>
  `There are: ${all.map(({ name }) => name).join(', ')}`;

/** The words by the embedder that the set was made with; without it, by words alone. */
async function vectorOf(
  { embedder }: Rooms,
  { manifest }: FeatureSet,
  words: string,
  signal: AbortSignal | undefined,
): Promise<Float32Array | undefined> {
  const wanted = manifest.embedder;
  if (!wanted || !embedder) return undefined;
  const { name, revision } = embedder.identity;
  if (name !== wanted.name || revision !== wanted.revision) return undefined;
  const [vector] = await embedder.embed([words], 'query', signal);
  return vector;
}

/** Longest passage shown to a person, in UTF-16 units; all of it is in JSON. */
const shownLength = 400;

function print({ chunk, score }: ScoredChunk, rank: number, output: Output): void {
  const { bold, dim, accent } = output.style;
  const { title, link, author, publishedAt } = chunk.attributes;
  const text = chunk.text.replace(/\s+/gu, ' ').trim();
  const about = [author.name, publishedAt?.slice(0, 10), score.toFixed(4)].filter(Boolean);
  output.line(`${bold(`${rank}. ${title}`)}  ${dim(about.join(' · '))}`);
  output.line(`   ${text.length > shownLength ? `${text.slice(0, shownLength)}…` : text}`);
  output.line(`   ${accent(link)}`);
}
