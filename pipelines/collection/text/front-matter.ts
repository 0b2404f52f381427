import { parseDocument } from 'yaml';
import type { Reason } from '../events.ts';

export type FrontMatter = {
  /** What it says, by lower-case key; empty when there is none. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The text without it. */
  readonly body: string;
  readonly warnings: readonly Reason[];
};

/** More than this is not front matter but a document that happens to start with a rule. */
const longestBlock = 64 * 1024;
/** YAML aliases can make a short text expand without end; nobody needs them to name an author. */
const mostAliases = 20;

/**
 * Takes the front matter (YAML between `---` lines) off a text. Never throws.
 *
 * Broken front matter is a warning: what its simple `key: value` lines say is still used, and the text is
 * taken. A text that merely starts with a thematic break has no front matter and stays whole.
 */
export function parseFrontMatter(text: string): FrontMatter {
  const whole: FrontMatter = { fields: {}, body: text, warnings: [] };
  const fence = /^(---|\+\+\+)[ \t]*\r?\n/.exec(text);
  if (!fence) return whole;
  const mark = fence[1] === '+++' ? '\\+\\+\\+' : '(?:---|\\.\\.\\.)';
  const rest = text.slice(fence[0].length);
  const end = new RegExp(`^${mark}[ \\t]*(?:\\r?\\n|$)`, 'm').exec(rest.slice(0, longestBlock));
  const looksLikeFields = /^\s*["']?[\w-]+["']?\s*[:=]/.test(rest);
  if (!end) {
    if (!looksLikeFields) return whole;
    return { ...whole, warnings: [broken('its closing line is missing')] };
  }
  const block = rest.slice(0, end.index);
  const body = rest.slice(end.index + end[0].length);
  if (fence[1] === '+++') {
    if (!looksLikeFields) return whole;
    const warning = broken('it is TOML, of which only simple `key = "value"` lines are read');
    return { fields: simpleLines(block), body, warnings: [warning] };
  }
  return yamlBlock(block, body, looksLikeFields) ?? whole;
}

function yamlBlock(block: string, body: string, looksLikeFields: boolean): FrontMatter | undefined {
  try {
    const document = parseDocument(block, {
      schema: 'core',
      logLevel: 'silent',
      prettyErrors: false,
    });
    const [error] = document.errors;
    if (error) throw error;
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    if (value === null && block.trim() === '') return { fields: {}, body, warnings: [] };
    if (isRecord(value)) return { fields: lowerKeys(value), body, warnings: [] };
    return looksLikeFields ? salvage(block, body, 'it is not a list of fields') : undefined;
  } catch (error) {
    if (!looksLikeFields) return undefined;
    const why = error instanceof Error ? error.message.split('\n')[0] : undefined;
    return salvage(block, body, why ?? 'it is no YAML');
  }
}

function salvage(block: string, body: string, why: string): FrontMatter {
  return { fields: simpleLines(block), body, warnings: [broken(why)] };
}

/** `title: A colon: and another` is no YAML, but everybody can read it. */
function simpleLines(block: string): Record<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const line of block.split(/\r?\n/)) {
    const found = /^["']?([\w-]+)["']?\s*[:=]\s+(\S.*?)\s*$/.exec(line);
    if (!found?.[1] || !found[2]) continue;
    fields.set(found[1].toLowerCase(), found[2].replace(/^(["'])(.*)\1$/, '$2'));
  }
  return Object.fromEntries(fields);
}

function lowerKeys(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function broken(why: string): Reason {
  return {
    code: 'front-matter.broken',
    message: `The front matter could not be read as YAML (${why}); the text was taken all the same.`,
  };
}
