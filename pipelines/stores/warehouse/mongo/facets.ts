import type { Collection, Filter } from 'mongodb';
import { z } from 'zod';
import type { Access } from '../../features/access.ts';
import { parsed } from '../../mongo/parsed.ts';
import { documentKinds } from '../document.ts';
import type { Facets, TitledDocument } from '../port.ts';
import { liveFilter } from './access.ts';
import { documentsName, type Stored } from './stored.ts';

const groupSchema = z.object({
  _id: z.object({
    authorId: z.string(),
    authorName: z.string(),
    source: z.string(),
    origin: z.string(),
    platform: z.string(),
    kind: z.enum(documentKinds),
    language: z.string().nullable().default(null),
  }),
  documents: z.number(),
});
type Group = z.infer<typeof groupSchema>;

const titleSchema = z.object({
  id: z.string(),
  title: z.string(),
  publishedAt: z.string().nullable(),
});
const datedSchema = titleSchema.pick({ publishedAt: true });
const namedSchema = z.object({ author: z.object({ name: z.string() }) });

/**
 * The vocabulary of self-query, the most frequent first: one pass that counts how often each combination occurs,
 * added up here. Only accumulators that every server has.
 */
export async function facetsOf(
  documents: Collection<Stored>,
  access: Access | undefined,
): Promise<Facets> {
  const live = liveFilter(access);
  const groups: Group[] = [];
  const _id = {
    authorId: '$author.id',
    authorName: '$author.name',
    source: '$source',
    origin: '$origin',
    platform: '$platform',
    kind: '$kind',
    language: '$language',
  };
  const counted = documents.aggregate([
    { $match: live },
    { $group: { _id, documents: { $sum: 1 } } },
  ]);
  for await (const group of counted) groups.push(parsed(groupSchema, group, documentsName));
  return {
    authors: await authorsOf(documents, live, groups),
    sources: tally(groups, ({ source }) => source),
    origins: tally(groups, ({ origin }) => origin),
    platforms: tally(groups, ({ platform }) => platform),
    kinds: tally(groups, ({ kind }) => kind),
    languages: tally(groups, ({ language }) => language),
    earliest: await publishedAt(documents, live, 1),
    latest: await publishedAt(documents, live, -1),
    documents: groups.reduce((sum, group) => sum + group.documents, 0),
  };
}

/** Newest first, undated last. */
export async function titlesOf(
  documents: Collection<Stored>,
  limit: number,
  access: Access | undefined,
): Promise<readonly TitledDocument[]> {
  const most = Math.floor(limit);
  // To MongoDB a limit of 0 is none.
  if (most < 1) return [];
  // Descending, null comes last.
  const found = await documents
    .find(liveFilter(access))
    .project({ _id: 0, id: 1, title: 1, publishedAt: 1 })
    .sort({ publishedAt: -1, id: 1 })
    .limit(most)
    .toArray();
  return found.map((title) => parsed(titleSchema, title, documentsName));
}

function tally<Name extends string>(
  groups: readonly Group[],
  nameOf: (of: Group['_id']) => Name | null,
): { readonly name: Name; readonly documents: number }[] {
  const counts = new Map<Name, number>();
  for (const { _id, documents } of groups) {
    const name = nameOf(_id);
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + documents);
  }
  return [...counts]
    .map(([name, documents]) => ({ name, documents }))
    .sort((a, b) => b.documents - a.documents || bytewise(a.name, b.name));
}

/** As SQLite and MongoDB order text; by UTF-16 units, characters beyond U+FFFF would come too early. */
function bytewise(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Whoever goes by several names is called as in what was collected last. */
async function authorsOf(
  documents: Collection<Stored>,
  live: Filter<Stored>,
  groups: readonly Group[],
): Promise<Facets['authors']> {
  const names = new Map<string, Set<string>>();
  for (const { _id } of groups) {
    const known = names.get(_id.authorId);
    if (known) known.add(_id.authorName);
    else names.set(_id.authorId, new Set([_id.authorName]));
  }
  const authors: Facets['authors'][number][] = [];
  for (const { name: id, documents: count } of tally(groups, ({ authorId }) => authorId)) {
    const [first = '', ...others] = names.get(id) ?? [];
    const name = others.length > 0 ? await latestName(documents, live, id) : undefined;
    authors.push({ id, name: name ?? first, documents: count });
  }
  return authors;
}

async function latestName(
  documents: Collection<Stored>,
  live: Filter<Stored>,
  id: string,
): Promise<string | undefined> {
  const [found] = await documents
    .find({ $and: [live, { 'author.id': id }] })
    .project({ _id: 0, author: 1 })
    .sort({ collectedAt: -1, id: 1 })
    .limit(1)
    .toArray();
  return found && parsed(namedSchema, found, documentsName).author.name;
}

async function publishedAt(
  documents: Collection<Stored>,
  live: Filter<Stored>,
  direction: 1 | -1,
): Promise<string | null> {
  const [found] = await documents
    .find({ $and: [live, { publishedAt: { $ne: null } }] })
    .project({ _id: 0, publishedAt: 1 })
    .sort({ publishedAt: direction })
    .limit(1)
    .toArray();
  return found ? parsed(datedSchema, found, documentsName).publishedAt : null;
}
