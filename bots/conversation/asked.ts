import { z } from 'zod';
import type { Json } from '../state/port.ts';
import type { Message, Wish } from './message.ts';

/** One message of a question; a question is several where somebody sent several in a row. */
export type Part = { readonly message: string | null; readonly text: string };

/** A question as it is kept while it is being answered, so that another process can finish it. */
export type Asked = {
  /** The first message; its text is that of the first part. */
  readonly message: Message;
  readonly parts: readonly Part[];
  readonly wish?: Wish;
  /** The turn whose answer this one replaces, and that answer's trace. */
  readonly replaces?: { readonly turn: string; readonly trace: string };
  /** How often a process that was answering it died. */
  readonly recoveries?: number;
};

const json: z.ZodType<Json> = z.json();

const messageSchema = z.object({
  event: z.string(),
  message: z.string().nullable(),
  thread: z.string(),
  opensThread: z.boolean(),
  place: z.object({
    platform: z.enum(['slack', 'discord', 'web', 'terminal', 'api']),
    workspace: z.string().nullable(),
    channel: z.string().nullable(),
    kind: z.enum(['channel', 'direct', 'local']),
  }),
  person: z.object({
    id: z.string(),
    roles: z.array(z.string()),
    locale: z.string().nullable(),
    bot: z.boolean(),
  }),
  text: z.string(),
  addressed: z.boolean(),
  mentionsOthers: z.boolean(),
  task: z.enum(['answer', 'summary']),
  only: z
    .object({
      authors: z.array(z.string()).exactOptional(),
      sources: z.array(z.string()).exactOptional(),
      since: z.string().exactOptional(),
    })
    .exactOptional(),
  length: z.enum(['short', 'long']).exactOptional(),
  reply: json,
});

const askedSchema: z.ZodType<Asked> = z.object({
  message: messageSchema,
  parts: z.array(z.object({ message: z.string().nullable(), text: z.string() })),
  wish: z.enum(['shorter', 'longer', 'again']).exactOptional(),
  replaces: z.object({ turn: z.string(), trace: z.string() }).exactOptional(),
  recoveries: z.number().exactOptional(),
});

const mergedSchema = z.object({ into: z.string() });

export const asking = (message: Message): Asked => ({
  message,
  parts: [{ message: message.message, text: message.text }],
});

/** The question in one piece. */
export const wordsOf = ({ parts }: Asked): string =>
  parts
    .map(({ text }) => text)
    .join('\n')
    .trim();

/** What stays once it is answered: everything but the words, which stand in the trace and nowhere else. */
export const withoutWords = (asked: Asked): Asked => ({
  ...asked,
  message: { ...asked.message, text: '' },
  parts: asked.parts.map(({ message }) => ({ message, text: '' })),
});

export const writeAsked = (asked: Asked): Json => json.parse(asked);
export const readAsked = (stored: Json): Asked => askedSchema.parse(stored);

export const mergedInto = (turn: string): Json => ({ into: turn });
export const readMerged = (stored: Json): string => mergedSchema.parse(stored).into;
