import { z } from 'zod';

/** Arguments come as form fields (all strings) or as JSON: each of these takes both. */

export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((it) => it === 'true' || it === '1'),
]);

export const int = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

/** JSON, or a string of it. Left as it is when it is no JSON: the method says which error that is. */
export const json = z.unknown().transform((value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
});

export const ts = z.string().regex(/^\d{9,11}\.\d{6}$/);

/** Lists that come as JSON, or with commas. */
export const list = z.union([
  z.array(z.string()),
  z
    .string()
    .transform((text) => (text.startsWith('[') ? (JSON.parse(text) as string[]) : text.split(','))),
]);

export const page = { cursor: z.string().optional(), limit: int.optional() };
