import type { z } from 'zod';
import { PermanentError } from '../errors.ts';

/** Reads what is stored in `collection` by its schema. @throws PermanentError `store.corrupt` */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  stored: unknown,
  collection: string,
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(stored);
  if (success) return data;
  const [issue] = error.issues;
  throw new PermanentError(
    `The collection ${collection} holds what was not expected: ${issue?.path.join('.')}: ${issue?.message}.`,
    {
      code: 'store.corrupt',
      hint: 'Restore the database from a backup, or drop it and collect again; if it is newer than this Understudy, update.',
      cause: error,
    },
  );
}
