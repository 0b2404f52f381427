import type { GoldenCase } from './golden.ts';
import { type Article, locateQuote, readHandbook } from './handbook.ts';

/**
 * What a schema cannot see: whether the cases agree with each other and with the handbook.
 * A golden set rots when an article is edited and its quotes are not, so this runs with the tests.
 * @returns one sentence per problem, empty when all is well.
 */
export async function checkGolden(
  cases: readonly GoldenCase[],
  handbookFolder: string,
): Promise<string[]> {
  const articles = await readHandbook(handbookFolder);
  const problems = cases.flatMap((golden) =>
    [
      ...evidenceProblems(golden),
      ...documentProblems(golden, articles),
      ...filterProblems(golden, articles),
    ].map((problem) => `${golden.id}: ${problem}`),
  );
  return [
    ...duplicates(cases, 'id', ({ id }) => id),
    ...duplicates(cases, 'question', questionKey),
    ...problems,
  ];
}

/** The same words after other turns are another question. */
function questionKey({ question, history = [] }: GoldenCase): string {
  const turns = [...history.map(({ text }) => text), question];
  return turns
    .map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    )
    .join(' / ');
}

function duplicates(
  cases: readonly GoldenCase[],
  what: string,
  key: (golden: GoldenCase) => string,
): string[] {
  return [...Map.groupBy(cases, key)]
    .filter(([, same]) => same.length > 1)
    .map(([, same]) => `${same.map(({ id }) => id).join(', ')}: the same ${what}`);
}

/** An answer nobody can check is no case, and evidence for an abstention contradicts it. */
function evidenceProblems(golden: GoldenCase): string[] {
  const { type, expect, documents, passages, keyFacts } = golden;
  const problems: string[] = [];
  if ((type === 'unanswerable') !== (expect === 'abstain')) {
    problems.push(`type ${type} does not go with expect ${expect}`);
  }
  if (expect === 'abstain') {
    if (documents.length + passages.length + keyFacts.length > 0) {
      problems.push('abstains, yet has documents, passages or key facts');
    }
    return problems;
  }
  if (passages.length === 0) problems.push('answerable without a passage');
  if (keyFacts.length === 0) problems.push('answerable without a key fact');
  if (type === 'comparison' && documents.length < 2)
    problems.push('compares fewer than 2 documents');
  if (type === 'filtered' && !golden.filters) problems.push('filtered without filters');
  if (type === 'follow-up' && !golden.history) problems.push('follow-up without history');
  return problems;
}

function documentProblems(golden: GoldenCase, articles: ReadonlyMap<string, Article>): string[] {
  const quoted = golden.passages.map(({ document }) => document);
  const missing = golden.documents.filter((path) => !articles.has(path));
  const unquoted = golden.documents.filter((path) => !quoted.includes(path));
  const unlisted = quoted.filter((path) => !golden.documents.includes(path));
  const strangers = golden.passages.filter(({ document, quote }) => {
    const article = articles.get(document);
    return article && !locateQuote(article.text, quote);
  });
  return [
    ...missing.map((path) => `${path} does not exist`),
    ...unquoted.map((path) => `${path} is listed without a passage`),
    ...unlisted.map((path) => `${path} is quoted but not listed in documents`),
    ...strangers.map(({ document, quote }) => `not verbatim in ${document}: "${quote}"`),
  ];
}

function filterProblems(golden: GoldenCase, articles: ReadonlyMap<string, Article>): string[] {
  const { authors, kinds, since, until } = golden.filters ?? {};
  const known = new Set([...articles.values()].map(({ frontMatter }) => frontMatter.author));
  const unknown = authors?.filter((name) => ![...known].some((author) => author === name)) ?? [];
  const outside = golden.documents.filter((path) => {
    const front = articles.get(path)?.frontMatter;
    if (!front) return false;
    const fits =
      (authors?.includes(front.author) ?? true) &&
      (kinds?.includes(front.kind) ?? true) &&
      (since === undefined || front.date >= since) &&
      (until === undefined || front.date <= until);
    return !fits;
  });
  return [
    ...unknown.map((name) => `filters name ${name}, who wrote nothing here`),
    ...(since && until && since > until ? [`since ${since} is after until ${until}`] : []),
    ...outside.map((path) => `${path} does not pass the case's own filters`),
  ];
}
