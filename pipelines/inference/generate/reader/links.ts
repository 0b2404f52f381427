import type { Passage } from '../../../serving/chat/port.ts';

/** A Markdown link or image as a model writes it. */
export type Link = { readonly words: string; readonly target: string; readonly length: number };

/** Longest link that is waited for, in UTF-16 units; what is longer is text. */
const longest = 2_000;
const longestWords = 500;

const address = /(?:[a-z][a-z0-9+.-]{1,31}:\/\/|www\.|mailto:)[^\s<>`|"\\]+/giu;

/** Addresses that stand in the passages, letter for letter: the only ones an answer may link to. */
export function addressesIn(passages: readonly Pick<Passage, 'text'>[]): ReadonlySet<string> {
  return new Set(passages.flatMap(({ text }) => (text.match(address) ?? []).map(trimmedAddress)));
}

/** Without the punctuation of the sentence around it, and without a bracket that was opened before it. */
export function trimmedAddress(found: string): string {
  let end = found.search(/[[\]【】「」。、，）]/u);
  let trimmed = end < 0 ? found : found.slice(0, end);
  for (;;) {
    end = trimmed.length;
    trimmed = trimmed.replace(/[?!.,:;*_~'’”]+$/u, '');
    if (trimmed.endsWith(')') && count(trimmed, ')') > count(trimmed, '(')) {
      trimmed = trimmed.slice(0, -1);
    }
    if (trimmed.length === end) return trimmed;
  }
}

const web = /(?:https?:\/\/|ftp:\/\/|www\.)[^\s<>`|"\\]*/iuy;

/** A bare address, and whether what follows leaves no doubt about where it ends. */
export type Address = { readonly address: string; readonly isApart: boolean };

/** The bare address that begins at `at`; `open` while more of it may come. */
export function addressAt(text: string, at: number, isWhole: boolean): Address | 'open' | null {
  web.lastIndex = at;
  const run = web.exec(text)?.[0];
  if (run === undefined) return null;
  const next = text[at + run.length];
  if (next === undefined && !isWhole && run.length <= longest) return 'open';
  const address = trimmedAddress(run);
  const after = `${run.slice(address.length)}${next ?? ''}`;
  return { address, isApart: /^[?!.,:;)*_~'’”]*\s?$/u.test(after) };
}

const beginnings = ['https://', 'http://', 'ftp://', 'www.'];
const lastLetters = /[a-z][a-z:/.]*$/iu;

/** How much at the end of a text may be the beginning of an address: 0 … 7 UTF-16 units. */
export function addressBegun(text: string, before: string): number {
  const end = lastLetters.exec(text.slice(-8))?.[0] ?? '';
  for (let from = 0; from < end.length; from++) {
    const begun = end.slice(from);
    const previous = text[text.length - begun.length - 1] ?? before;
    if (isLetter(previous)) continue;
    if (beginnings.some((each) => each.startsWith(begun.toLowerCase()))) return begun.length;
  }
  return 0;
}

/** The words of an address: no scheme and no `www.`, so that no platform makes a link of it. */
export function plainAddress(found: string): string {
  return found.replace(/^mailto:|[a-z][a-z0-9+.-]*:\/\/|www\./giu, '').replaceAll('`', '');
}

export function isLetter(character: string): boolean {
  return /^[a-z]$/iu.test(character);
}

const target =
  '<[^<>\\n]*>|(?:[^\\s()<\\\\]|\\\\.|\\((?:[^\\s()\\\\]|\\\\.|\\((?:[^\\s()\\\\]|\\\\.)*\\))*\\))*';
const link = new RegExp(`\\(\\s*(${target})(?:\\s+(?:"[^"]*"|'[^']*'|\\([^()]*\\)))?\\s*\\)`, 'uy');
/** What a link may look like before its end has come. */
const linkBegun =
  /\(\s*(?:<[^<>\n]*>?|[^\s<][^\s]*)?(?:\s+(?:"[^"]*"?|'[^']*'?|\([^()]*\)?)?)?\s*$/uy;

/** The link whose words begin with the bracket at `at`; `open` while more may make it one. */
export function linkAt(text: string, at: number, isWhole: boolean): Link | 'open' | null {
  const close = closingBracket(text, at);
  if (close === null) return null;
  if (close === 'open') return isWhole ? null : 'open';
  if (close + 1 === text.length) return isWhole ? null : 'open';
  if (text[close + 1] !== '(') return null;
  link.lastIndex = close + 1;
  const found = link.exec(text);
  if (found && found[0].length <= longest) {
    return {
      words: text.slice(at + 1, close),
      target: (found[1] ?? '').replace(/^<|>$/gu, ''),
      length: close + 1 - at + found[0].length,
    };
  }
  if (found || isWhole || text.length - close > longest) return null;
  linkBegun.lastIndex = close + 1;
  return linkBegun.test(text) ? 'open' : null;
}

function closingBracket(text: string, at: number): number | 'open' | null {
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    const character = text[index];
    if (index - at > longestWords) return null;
    if (character === '\\') index += 1;
    else if (character === '[') depth += 1;
    else if (character === ']' && --depth === 0) return index;
    else if (character === '\n' && text[index + 1] === '\n') return null;
  }
  return 'open';
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
