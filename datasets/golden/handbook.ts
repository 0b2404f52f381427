import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const handbookAuthors = ['Mara Lindqvist', 'Tomas Reyes', 'Ines Okafor'] as const;

const frontMatterSchema = z.strictObject({
  title: z.string().min(1),
  author: z.enum(handbookAuthors),
  /** ISO date; YAML would make it a Date, the core schema keeps it a string. */
  date: z.iso.date(),
  kind: z.enum(['article', 'post', 'note']),
  tags: z.array(z.string().min(1)).min(1),
});
export type FrontMatter = z.infer<typeof frontMatterSchema>;

export type Article = {
  readonly frontMatter: FrontMatter;
  /** The whole file, front matter included: what quotes are looked up in. */
  readonly text: string;
};

/**
 * Reads every article of the handbook, by its path as the golden set writes it (`handbook/x.md`).
 * @throws Error naming the article whose front matter is broken.
 */
export async function readHandbook(folder: string): Promise<Map<string, Article>> {
  const articles = new Map<string, Article>();
  for await (const file of glob('**/*.md', { cwd: folder })) {
    const path = `${basename(folder)}/${file.replaceAll('\\', '/')}`;
    const text = await readFile(join(folder, file), 'utf8');
    articles.set(path, { frontMatter: parseFrontMatter(text, path), text });
  }
  return articles;
}

function parseFrontMatter(text: string, path: string): FrontMatter {
  const block = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text)?.[1];
  if (block === undefined) throw new Error(`${path}: no front matter`);
  const parsed = frontMatterSchema.safeParse(parse(block));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: at, message }) => `${at.join('.')}: ${message}`,
  );
  throw new Error(`${path}: front matter: ${problems.join('; ')}`);
}

/**
 * Where a quote stands in a text: `[start, end)` in UTF-16 units of the text, as citations count.
 * Runs of white space are equal to each other, since a formatter may pad a table at any time; every
 * other character must be the same.
 */
export function locateQuote(
  text: string,
  quote: string,
): { readonly start: number; readonly end: number } | undefined {
  const words = quote.trim().split(/\s+/);
  const pattern = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('\\s+');
  const found = new RegExp(pattern, 'u').exec(text);
  return found ? { start: found.index, end: found.index + found[0].length } : undefined;
}
