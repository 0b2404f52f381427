import { setTimeout } from 'node:timers/promises';
import { type Fault, proxyPage } from '../servers/models/faults.ts';
import type { WrongVectors } from '../servers/tei/types.ts';

/** Where in an answer a model server is asked. */
export const stages = ['understand', 'embed', 'rerank', 'generate'] as const;
export type Stage = (typeof stages)[number];

/** What a fault can do to its server. */
export type Struck = {
  misbehave(fault: Fault, when?: { readonly times?: number }): () => void;
  down(): Promise<void>;
  /** Servers of embeddings and ranks only. */
  answersWrongly?(how: WrongVectors): void;
  becomes?(revision: string): void;
};

/** One way in which a server goes wrong. */
export type Wrong = {
  /** @param look has the voice of the generating model looked at, as it is from time to time */
  strike(server: Struck, look: () => Promise<unknown>): unknown;
  /** It ends by a time limit, which is short then: the one until the first text, or the one for what follows. */
  readonly stalls?: 'first' | 'later';
};

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
  body: { error: 'scripted', error_type: 'scripted' },
});
const once = (fault: Fault): Wrong => ({
  strike: (server) => server.misbehave(fault, { times: 1 }),
});
const always = (fault: Fault): Wrong => ({ strike: (server) => server.misbehave(fault) });
const stalling = (fault: Fault, stalls: 'first' | 'later'): Wrong => ({ ...always(fault), stalls });

const never = new Promise<never>(() => {});
/** Pieces of text that a stream hands out before it breaks: more than a sentence. */
const after = 14;

/** What any server may do. */
export const anywhere = {
  nothing: { strike: () => undefined },
  'slow, within its time': {
    strike: (server) => server.misbehave({ kind: 'wait', gate: setTimeout(100) }),
  },
  '429 once': once(status(429)),
  '429 once, Retry-After: 0': once(status(429, { 'retry-after': '0' })),
  '503 once': once(status(503)),
  'connection cut once': once({ kind: 'cut' }),
  '429 always': always(status(429)),
  '429 always, Retry-After: 60': always(status(429, { 'retry-after': '60' })),
  '401 unauthorised': always(status(401)),
  '413 too large': always(status(413)),
  '422 refused': always(status(422)),
  '424 backend failed': always(status(424)),
  '500 failed': always(status(500)),
  '503 unavailable': always(status(503)),
  'HTML page of a proxy, 502': always(proxyPage),
  '200 without a byte': always({ kind: 'silent' }),
  'garbage instead of JSON': always({ kind: 'garbage' }),
  'connection cut at once': always({ kind: 'cut' }),
  'connection refused': { strike: (server) => server.down() },
  'silence for ever': stalling({ kind: 'hang' }, 'first'),
} as const satisfies Record<string, Wrong>;

/** What a server that streams text may do besides. */
export const streaming = {
  'error in the stream before text, once': once({ kind: 'error', error: 'generation' }),
  'error in the stream before text': always({ kind: 'error', error: 'generation' }),
  'overloaded, told in the stream': always({ kind: 'error', error: 'overloaded' }),
  'signs of life, but no token': stalling({ kind: 'wait', gate: never }, 'first'),
  'end without a token': always({ kind: 'empty' }),
  'error in the stream after text': always({ kind: 'error', error: 'generation', after }),
  'connection cut after text': always({ kind: 'cut', after }),
  'silence after text': stalling({ kind: 'hang', after }, 'later'),
  'garbage after text': always({ kind: 'garbage', after }),
  'no finish reason, half said': always({ kind: 'unfinished', after }),
  'no finish reason, all said': always({ kind: 'unfinished', done: true }),
} as const satisfies Record<string, Wrong>;

/** What a server of embeddings or ranks may do besides. */
export const counting = {
  'one result too few': { strike: (server) => server.answersWrongly?.('one fewer') },
  'one result too many': { strike: (server) => server.answersWrongly?.('one more') },
  'a result that is no number': { strike: (server) => server.answersWrongly?.('not a number') },
  'another model since the start': { strike: (server) => server.becomes?.('2'.repeat(40)) },
} as const satisfies Record<string, Wrong>;

/** What befalls the model that speaks in the author's voice. */
export const speaking = {
  'the adapter is gone, the base model answers': { strike: (_, look) => look() },
} as const satisfies Record<string, Wrong>;
