import { z } from 'zod';

const longest = 300;

const text = z.string().trim().min(1);
const name = z.string().or(z.number().transform(String));
/** TGI and TEI; OpenAI, vLLM and llama.cpp; TEI's OpenAI routes and older vLLM; FastAPI. */
const shapes = z.union([
  z
    .object({ error: text, error_type: z.string().nullish() })
    .transform(({ error, error_type }) => ({
      message: error,
      type: error_type ?? null,
    })),
  z
    .object({ error: z.object({ message: text, type: name.nullish() }) })
    .transform(({ error }) => ({ message: error.message, type: error.type ?? null })),
  z
    .object({ message: text, type: name.nullish() })
    .transform(({ message, type }) => ({ message, type: type ?? null })),
  z.object({ detail: text }).transform(({ detail }) => ({ message: detail, type: null })),
]);

/** What a server's error body says, fit to be shown: one line, bounded, without what looks like a secret. */
export function said(body: unknown): {
  readonly message: string | null;
  readonly type: string | null;
} {
  const parsed = shapes.safeParse(body);
  if (!parsed.success) return { message: null, type: null };
  return { message: presentable(parsed.data.message), type: parsed.data.type };
}

/** One line of at most 300 characters without tokens. */
export function presentable(message: string): string {
  const line = message
    .replace(/\s+/gu, ' ')
    .replace(/\b(?:Bearer|Basic)\s+\S+/giu, '…')
    .replace(/\b(?:hf|sk|pk|gsk|xox[a-z])[-_][\w*-]{4,}/gu, '…')
    .trim();
  return line.length <= longest ? line : `${line.slice(0, longest).toWellFormed()}…`;
}
