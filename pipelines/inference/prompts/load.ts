import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PermanentError } from '../../stores/errors.ts';

/** A prompt file: Markdown with {{slots}}. */
export type Prompt = {
  readonly text: string;
  /** SHA-256 of the file's bytes, in hex: another wording is another version. */
  readonly hash: string;
};

/**
 * Reads `<name>.md` of this folder, without the line break at its end.
 *
 * @throws PermanentError `prompt.missing`
 */
export function loadPrompt(name: string): Prompt {
  const bytes = read(name);
  return { text: bytes.toString('utf8').trimEnd(), hash: sha256(bytes) };
}

/** One version for prompts that are used together: a hash over their names and contents, in order. */
export function promptsHash(names: readonly string[]): string {
  return sha256(names.map((name) => `${name} ${loadPrompt(name).hash}\n`).join(''));
}

/**
 * Puts values into {{slots}}, in one pass: what a value holds is never a slot itself.
 *
 * @throws PermanentError `prompt.slot` for a slot that has no value
 */
export function fill(text: string, slots: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/gu, (_, name: string) => {
    if (Object.hasOwn(slots, name)) return slots[name] ?? '';
    throw new PermanentError(`A prompt asks for {{${name}}}, which nobody fills in.`, {
      code: 'prompt.slot',
      hint: `It can have: ${Object.keys(slots).join(', ')}.`,
    });
  });
}

function read(name: string): Buffer {
  try {
    return readFileSync(join(import.meta.dirname, `${name}.md`));
  } catch (cause) {
    throw new PermanentError(`There is no prompt ${name}.md.`, { code: 'prompt.missing', cause });
  }
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
