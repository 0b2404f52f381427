import { type Checked, openContract } from '../models/contract.ts';
import { type EngineError, type Met, openFaults } from '../models/faults.ts';
import { type Logged, listen, type Reply } from '../models/listening.ts';
import { metBefore, sendBody } from '../models/wire.ts';
import { type Answering, counted, embed, openaiEmbed, Refusal, rerank } from './answers.ts';
import { info, settingsOf } from './settings.ts';
import type { TeiOptions, TeiServer, WrongVectors } from './types.ts';

export type * from './types.ts';

const WORK = ['/embed', '/rerank', '/', '/v1/embeddings'];
const contract: Checked = openContract(new URL('contract.json', import.meta.url));

/**
 * A text-embeddings server on the loopback address, without a model.
 *
 * Requests are held to TEI's own OpenAPI document and to what its code does besides (an oversized batch is 422, a text
 * that is too long is cut in silence). Texts that share words have vectors that are near; a reranker counts shared words.
 *
 * - Misbehaviour: `misbehave(fault, {times, path})`, `answersWrongly`, `becomes`, `behave`, `down`, `up`.
 * - What was understood: `batches`, `truncated`; what came in, and how each reply ended: `requests`.
 * - Waiting: `until(condition)`; nothing here needs a sleep. Slow is a gate that the test opens.
 */
export async function startTei(options: TeiOptions = {}): Promise<TeiServer> {
  const settings = settingsOf(options);
  const batches: number[] = [];
  const truncated: string[] = [];
  const violations: string[] = [];
  const faults = openFaults(WORK);
  let wrong: WrongVectors | undefined;
  let running = 0;

  function answer(path: string, body: never): unknown {
    const answering: Answering = {
      settings,
      wrong,
      batch: (size) => void batches.push(size),
      cut: (text) => void truncated.push(text),
    };
    switch (path) {
      case '/embed':
        return embed(answering, body);
      case '/rerank':
        return rerank(answering, body);
      case '/v1/embeddings':
        return openaiEmbed(answering, body);
      case '/tokenize':
        return counted(answering, body);
      default:
        // The root is what the model is for.
        return settings.serves === 'embeddings' ? embed(answering, body) : rerank(answering, body);
    }
  }

  async function work(request: Logged, reply: Reply, met: Met): Promise<void> {
    const sending = { request, reply, met };
    const { path, body } = request;
    const refuse = (refusal: Refusal) =>
      sendBody(sending, refusal.status, refusalBody(path, refusal));
    if (Number(request.headers['content-length'] ?? 0) > settings.payloadLimit) {
      return await sendBody(sending, 413, 'length limit exceeded');
    }
    const operation = path === '/' ? rootOperation(settings.serves) : `POST ${path}`;
    const [mistake] = contract.bodyErrors(operation, body);
    if (mistake !== undefined) {
      const text = `Failed to deserialize the JSON body into the target type: ${mistake}`;
      return await sendBody(sending, typeof body === 'object' ? 422 : 400, text);
    }
    const unknown = contract.unknownIn(operation, body as object);
    violations.push(...unknown.map((key) => `${path}: TEI does not know ${key}`));
    if (running > settings.maxConcurrentRequests) {
      return await refuse(new Refusal(429, 'Overloaded', 'Model is overloaded'));
    }
    if (met.outcome?.kind === 'error') {
      const refusal = REFUSALS[met.outcome.error];
      return await sendBody(
        { ...sending, met: { ...met, outcome: null } },
        refusal.status,
        refusalBody(path, refusal),
      );
    }
    let said: unknown;
    try {
      said = met.outcome?.kind === 'empty' ? [] : answer(path, body as never);
    } catch (failure) {
      if (failure instanceof Refusal) return await refuse(failure);
      throw failure;
    }
    await sendBody(sending, 200, said, TIMINGS);
  }

  const listening = await listen(async (request, reply) => {
    const { method, path, headers } = request;
    const met = faults.meets(path);
    const sending = { request, reply, met };
    if (await metBefore(sending)) return;
    const open = path === '/health' || path === '/metrics';
    if (
      settings.apiKey !== undefined &&
      !open &&
      headers.authorization !== `Bearer ${settings.apiKey}`
    ) {
      return await sendBody(sending, 401, '');
    }
    if (method === 'GET' && path === '/info') return await sendBody(sending, 200, info(settings));
    if (method === 'GET' && path === '/health') return await sendBody(sending, 200, '');
    if (method === 'POST' && [...WORK, '/tokenize'].includes(path)) {
      running += 1;
      reply.response.on('close', () => {
        running -= 1;
      });
      return await work(request, reply, met);
    }
    await sendBody(sending, 404, '');
  });
  return {
    ...listening,
    batches,
    truncated,
    violations,
    misbehave: faults.misbehave,
    behave: () => {
      faults.behave();
      wrong = undefined;
    },
    answersWrongly: (how) => {
      wrong = how;
    },
    becomes: (revision) => {
      settings.revision = revision;
    },
  };
}

function rootOperation(serves: 'embeddings' | 'rerank'): string {
  return serves === 'embeddings' ? 'POST /embed' : 'POST /rerank';
}

/** Its OpenAI route names the fields as OpenAI does. */
function refusalBody(path: string, { status, type, message }: Refusal): object {
  return path === '/v1/embeddings'
    ? { message, code: status, type }
    : { error: message, error_type: type };
}

const REFUSALS: Readonly<Record<EngineError, Refusal>> = {
  validation: new Refusal(422, 'Validation', 'Input validation error: scripted'),
  generation: new Refusal(424, 'Backend', 'Inference failed: CUDA out of memory'),
  overloaded: new Refusal(429, 'Overloaded', 'Model is overloaded'),
  incomplete: new Refusal(424, 'Backend', 'Inference failed: backend died'),
  unhealthy: new Refusal(503, 'Unhealthy', 'unhealthy'),
};

const TIMINGS = {
  'x-compute-type': 'gpu+optimized',
  'x-total-time': 4,
  'x-tokenization-time': 1,
  'x-queue-time': 1,
  'x-inference-time': 2,
};
