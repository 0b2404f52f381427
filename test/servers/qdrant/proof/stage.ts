import { randomUUID } from 'node:crypto';
import { QdrantClient, type Schemas } from '@qdrant/js-client-rest';
import { expect } from 'vitest';
import { qdrantForTests } from '../server.ts';

type Created = Parameters<QdrantClient['createCollection']>[1];
export type Upserted = Extract<
  Parameters<QdrantClient['upsert']>[1],
  { points: unknown }
>['points'];

export type Stage = {
  readonly client: QdrantClient;
  readonly url: string;
  /** A new collection of that kind, with these points in it; its name. */
  fresh(created: Created, points?: Upserted): Promise<string>;
  close(): Promise<void>;
};

/**
 * A server and the real client. What is asked here of the loopback server it is asked of a real one too, where `QDRANT_URL`
 * names it: only so do we know that the two agree.
 */
export async function openStage(): Promise<Stage> {
  const server = await qdrantForTests();
  const { url, apiKey } = server;
  const client = new QdrantClient({ url, ...(apiKey !== undefined && { apiKey }) });
  const made: string[] = [];
  return {
    client,
    url,
    fresh: async (created, points) => {
      const name = `proof-${randomUUID()}`;
      made.push(name);
      await client.createCollection(name, created);
      if (points) await client.upsert(name, { points });
      return name;
    },
    close: async () => {
      for (const name of made) await client.deleteCollection(name);
      await server.stop();
    },
  };
}

/** What a refused call was refused with. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ readonly status: number | undefined; readonly said: string }> {
  const failure = await call.then(
    () => expect.fail('was not refused'),
    (reason: unknown) => reason as { status?: number; data?: { status?: { error?: string } } },
  );
  return { status: failure.status, said: failure.data?.status?.error ?? '' };
}

export const CORPUS = {
  vectors: { dense: { size: 2, distance: 'Cosine' } },
  sparse_vectors: { words: { modifier: 'idf' } },
} as const satisfies Created;

/** `ln((n - df + 0.5) / (df + 0.5) + 1)`. */
export function idf(n: number, df: number): number {
  return Math.log((n - df + 0.5) / (df + 0.5) + 1);
}

/** The ids of those that pass, in order; counting and scrolling have to agree. */
export async function passing(client: QdrantClient, name: string, filter: Schemas['Filter']) {
  const { points } = await client.scroll(name, { filter, limit: 100 });
  const { count } = await client.count(name, { filter, exact: true });
  expect(count).toBe(points.length);
  return points.map(({ id }) => id);
}

/** A request as it is, without a client. */
export async function send(
  { url }: { readonly url: string },
  method: string,
  path: string,
  body?: unknown,
  headers = {},
) {
  const reply = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await reply.text();
  const isJson = reply.headers.get('content-type') === 'application/json';
  return {
    status: reply.status,
    retryAfter: reply.headers.get('retry-after'),
    body: isJson ? (JSON.parse(text) as { status?: { error?: string } }) : text,
  };
}
