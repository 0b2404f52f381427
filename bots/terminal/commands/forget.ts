import { createInterface } from 'node:readline/promises';
import { passageHashes } from '../../../pipelines/feature/passage-hashes.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { counted, type Output } from '../output.ts';
import type { Storehouse } from '../storehouse.ts';
import { absoluteLink } from './collect.ts';

export type ForgetOptions = { readonly yes: boolean; readonly allowAgain: boolean };

/** What is about to go: whole authors also by name, so that traces naming them are found. */
type Target = {
  readonly what: string;
  readonly documents: readonly { readonly id: string; readonly title: string }[];
  readonly authors: readonly string[];
};

/** Removes a document, or everything of an author: warehouse, features, traces, and the bytes beneath. */
export async function runForget(
  house: Storehouse,
  name: string,
  options: ForgetOptions,
  output: Output,
): Promise<ExitCode> {
  if (options.allowAgain) return await allowAgain(house, name, output);
  const target = await find(house, name);
  if (!options.yes && !(await confirmed(target, output))) {
    output.note('Nothing was forgotten.');
    return exitCodes.no;
  }
  const ids = target.documents.map(({ id }) => id);
  const shown = { documents: ids, authors: target.authors };
  // Traces first: should this be interrupted, the warehouse still knows what to look for next time.
  // Then the warehouse, so that no indexing under way elsewhere feeds the features again. Traces once
  // more at the end, for answers given in between.
  const before = await house.traces.forget(shown);
  const documents = await house.warehouse.forget(ids);
  await house.features.forget(ids);
  await house.headerStore.forget(ids);
  await house.embeddings.retain(await passageHashes(house.features));
  const traces = before + (await house.traces.forget(shown));
  house.database.scrub();
  output.data({ forgotten: target.what, documents, traces });
  output.line(
    `Forgotten: ${target.what}. ${counted(documents, 'document')} and ${counted(traces, 'trace')} are gone, ` +
      'and collecting again will not bring them back.',
  );
  return exitCodes.done;
}

/** By document id, link, file path, author id or author name: whichever is found, and only if it is clear. */
async function find(house: Storehouse, name: string): Promise<Target> {
  const wanted = new Set([name, documentId(name), documentId(fileLink(name))]);
  const direct = await Promise.all([...wanted].map((id) => house.warehouse.get(id)));
  const document = direct.find((found) => found !== undefined);
  if (document) return { what: `“${document.title}”`, documents: [document], authors: [] };

  const { authors } = await house.warehouse.facets();
  const matching = authors.filter(
    (author) => author.id === name || author.name.toLowerCase() === name.toLowerCase(),
  );
  const [author, another] = matching;
  if (author === undefined) {
    throw new UsageError(
      `There is no document or author “${name}”.`,
      'Name a document by id, link or path, or an author by id or full name; understudy sources lists authors.',
    );
  }
  if (another !== undefined) {
    throw new UsageError(
      `“${name}” could be ${matching.map(({ id }) => id).join(' or ')}.`,
      'Use the author id.',
    );
  }
  const documents: { id: string; title: string }[] = [];
  for await (const { id, title } of house.warehouse.documents({ author: author.id })) {
    documents.push({ id, title });
  }
  return { what: `all writing of ${author.name}`, documents, authors: [author.id] };
}

function fileLink(path: string): string {
  return new URL(`file://${absoluteLink(path)}`).href;
}

async function confirmed(target: Target, output: Output): Promise<boolean> {
  if (!process.stdin.isTTY || !output.interactive) {
    throw new UsageError(
      `This would forget ${target.what} (${counted(target.documents.length, 'document')}) for good.`,
      'Add --yes to do it.',
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(
      `Forget ${target.what} (${counted(target.documents.length, 'document')}) for good? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}

async function allowAgain(house: Storehouse, name: string, output: Output): Promise<ExitCode> {
  await house.warehouse.remember([name, documentId(name), documentId(fileLink(name))]);
  output.data({ allowedAgain: name });
  output.line(`“${name}” may be collected again.`);
  return exitCodes.done;
}
