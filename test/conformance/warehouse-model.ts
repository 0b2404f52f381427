import fc from 'fast-check';
import type { Access } from '../../pipelines/stores/features/access.ts';
import type { DocumentDraft } from '../../pipelines/stores/warehouse/document.ts';
import type { Facets, TitledDocument } from '../../pipelines/stores/warehouse/port.ts';
import { draft } from './fixtures.ts';

/** Few of each, so that they meet; some of which order differently as UTF-8 and as UTF-16. */
const names = ['a', 'b', 'B', 'ä', '\u{fffd}', '\u{1f600}', ''];
const dates = ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00.000Z', '2021-06-01T12:00:00.5Z', null];
const name = fc.constantFrom(...names.filter((each) => each !== ''));

/** What may happen to one of twelve documents. */
export type Step = { readonly n: number; readonly live: boolean; readonly draft: DocumentDraft };

export const steps = fc
  .array(
    fc.record({
      n: fc.nat(11),
      live: fc.boolean().map((ends) => !ends),
      source: name,
      origin: name,
      author: fc.record({ id: name, name }),
      platform: name,
      kind: fc.constantFrom('post', 'article', 'repository', 'note'),
      language: fc.constantFrom('en', 'de', null),
      publishedAt: fc.constantFrom(...dates),
      title: fc.constantFrom(...names),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((all) =>
    all.map(({ n, live, ...said }, index): Step => {
      return { n, live, draft: draft(`${n}`, { ...said, content: `${index}` }) };
    }),
  );

const some = fc.option(fc.array(name, { maxLength: 3 }), { nil: undefined });
export const accesses: fc.Arbitrary<Access> = fc
  .record({
    origins: some,
    sources: some,
    authors: some,
    since: fc.option(
      fc.constantFrom('2020', '2020-01-01T00:00:00.001Z', '2021-06-01T14:00:00.500+02:00', 'never'),
      { nil: undefined },
    ),
  })
  .map((access) => Object.fromEntries(Object.entries(access).filter(([, value]) => value)));

/** What a warehouse should answer that holds these documents, worked out the plain way. */
export function expectedFacets(all: readonly DocumentDraft[], access: Access): Facets {
  const passing = all.filter((document) => passes(document, access));
  const tally = <Name extends string>(of: (document: DocumentDraft) => Name | null) => {
    const counts = new Map<Name, number>();
    for (const document of passing) {
      const found = of(document);
      if (found !== null) counts.set(found, (counts.get(found) ?? 0) + 1);
    }
    return [...counts]
      .map(([found, documents]) => ({ name: found, documents }))
      .sort((a, b) => b.documents - a.documents || bytewise(a.name, b.name));
  };
  const dated = passing.flatMap(({ publishedAt }) => publishedAt ?? []).sort(bytewise);
  return {
    authors: tally(({ author }) => author.id).map(({ name: id, documents }) => {
      const own = passing.filter(({ author }) => author.id === id);
      const latest = own.toSorted((a, b) => bytewise(b.collectedAt, a.collectedAt))[0];
      return { id, name: latest?.author.name ?? '', documents };
    }),
    sources: tally(({ source }) => source),
    origins: tally(({ origin }) => origin),
    platforms: tally(({ platform }) => platform),
    kinds: tally(({ kind }) => kind),
    languages: tally(({ language }) => language),
    earliest: dated[0] ?? null,
    latest: dated.at(-1) ?? null,
    documents: passing.length,
  };
}

export function expectedTitles(
  all: readonly DocumentDraft[],
  access: Access,
  limit: number,
): readonly TitledDocument[] {
  return all
    .filter((document) => passes(document, access))
    .sort((a, b) => bytewise(b.publishedAt ?? '', a.publishedAt ?? '') || bytewise(a.id, b.id))
    .slice(0, limit)
    .map(({ id, title, publishedAt }) => ({ id, title, publishedAt }));
}

function passes(document: DocumentDraft, { origins, sources, authors, since }: Access): boolean {
  return (
    (origins?.includes(document.origin) ?? true) &&
    (sources?.includes(document.source) ?? true) &&
    (authors?.includes(document.author.id) ?? true) &&
    (since === undefined || Date.parse(document.publishedAt ?? '') >= Date.parse(since))
  );
}

const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
