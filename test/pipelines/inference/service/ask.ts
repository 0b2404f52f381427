import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { answersPath } from '../../../../pipelines/inference/protocol/question.ts';
import { question } from '../pipeline.ts';

const lineSchema = z.looseObject({ type: z.string() });
export type Line = z.infer<typeof lineSchema>;

type Asking = {
  readonly id?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly signal?: AbortSignal;
};

/** One question as anybody might send it; the reply as it is. */
export async function post(
  url: string,
  { id = randomUUID(), body = { id, question }, token, signal }: Asking = {},
): Promise<Response> {
  return await fetch(`${url}${answersPath}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** The reply's lines as they come. */
export async function* linesIn(response: Response): AsyncGenerator<Line, void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield lineSchema.parse(JSON.parse(line));
  }
}

const refusalSchema = z.object({
  error: z.object({
    kind: z.string(),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    retryAfterMs: z.number().nullable(),
  }),
});

/** What a request was refused with. */
export async function refusalIn(response: Response) {
  const { error } = refusalSchema.parse(await response.json());
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...error };
}

/** The value that Prometheus would read, of the series whose name and labels begin so. */
export async function metricOf(url: string, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(series));
  return Number(line?.split(' ').at(-1));
}
