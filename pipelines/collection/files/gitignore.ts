import { access, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The rules of one folder's ignore file. */
type Rules = { readonly folder: string; readonly ignore: Ignore };

/** The rules that hold in a folder, outermost first: as in git, the innermost that matches decides. */
export type IgnoreRules = readonly Rules[];

/** No real ignore file is longer; a hostile one must not cost minutes. */
const longestFile = 256 * 1024;

/**
 * The rules above a folder that a person named: those of its repository, up to the one with `.git`.
 * Empty when the folder itself is ignored by them: whoever names an ignored folder wants it read.
 */
export async function rulesAbove(root: string): Promise<IgnoreRules> {
  if (await exists(join(root, '.git'))) return [];
  const chain: string[] = [];
  for (let folder = dirname(root); ; folder = dirname(folder)) {
    chain.unshift(folder);
    if (await exists(join(folder, '.git'))) break;
    // No repository: ignore files of unrelated folders above mean nothing here.
    if (folder === dirname(folder)) return [];
  }
  let rules: IgnoreRules = [];
  for (const folder of chain) rules = await rulesIn(folder, rules);
  let inside = root;
  while (inside !== chain[0] && inside !== dirname(inside)) {
    if (isIgnored(inside, true, rules)) return [];
    inside = dirname(inside);
  }
  return rules;
}

/** The rules of the folders above, and those of this folder's own `.gitignore` (and `.git/info/exclude`). */
export async function rulesIn(folder: string, above: IgnoreRules): Promise<IgnoreRules> {
  const texts = await Promise.all(
    ['.git/info/exclude', '.gitignore'].map((name) => ignoreFile(join(folder, name))),
  );
  const patterns = texts.join('\n').trim();
  if (patterns === '') return above;
  // git itself matches without regard to case only where the file system does.
  const own = ignore({ ignoreCase: process.platform !== 'linux' }).add(patterns);
  return [...above, { folder, ignore: own }];
}

/** Whether git would leave this entry out. Its parents are taken to have been asked before. */
export function isIgnored(path: string, isFolder: boolean, rules: IgnoreRules): boolean {
  for (const { folder, ignore: own } of rules.toReversed()) {
    const name = relative(folder, path).split(sep).join('/');
    if (name === '' || !ignore.isPathValid(name)) continue;
    const { ignored, unignored } = own.test(isFolder ? `${name}/` : name);
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}

async function ignoreFile(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length > longestFile ? '' : text;
  } catch {
    return '';
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
