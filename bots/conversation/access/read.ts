import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import { type AccessRule, accessRulesSchema } from './rules.ts';

/**
 * Reads who may ask what from a YAML file.
 *
 * @throws PermanentError `access.unreadable` or `access.invalid`: a twin must not start with rules that it
 * does not understand.
 */
export async function readAccessRules(path: string): Promise<readonly AccessRule[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new PermanentError(`The access rules in ${path} cannot be read.`, {
      code: 'access.unreadable',
      hint: 'Correct UNDERSTUDY_ACCESS, or unset it to let everybody ask.',
      cause,
    });
  });
  const invalid = (why: string, cause?: unknown) =>
    new PermanentError(`The access rules in ${path} are not valid:\n  ${why}`, {
      code: 'access.invalid',
      hint: 'The handbook shows the format under “Who may ask what”.',
      cause,
    });
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const parsed = accessRulesSchema.safeParse(content);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error).replaceAll('\n', '\n  '));
  return parsed.data.rules;
}
