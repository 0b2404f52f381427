import { PermanentError } from '../../../pipelines/stores/errors.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { accessOf } from '../answers/access.ts';
import type { Api } from '../app.ts';
import type { Caller } from '../auth/caller.ts';
import type { ApiContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { allowing } from '../http/guard.ts';
import { maySee } from '../may-see.ts';
import type { ApiPorts, TakenIn } from '../ports.ts';
import { problems } from '../schemas/problem.ts';
import { type PushedDocument, pushBodySchema, takenInSchema } from '../schemas/push.ts';
import { callerOf } from './request.ts';

/** `POST /v1/documents`: writing that is handed over instead of being fetched. */
export function servePush(app: Api, { ports }: ApiContext): void {
  const schema = {
    operationId: 'pushDocument',
    tags: ['writing'],
    summary: 'Hand over a piece of writing',
    description:
      'Scope: write. The same link, or key within a source, is the same document: pushed again it is changed, or left as it is. A key that is limited to sources or authors may only push what it may also see.',
    body: pushBodySchema,
    response: {
      200: takenInSchema.meta({ description: 'It was known; `changed` says whether as this.' }),
      201: takenInSchema.meta({ description: 'It is new. Location names it.' }),
      ...problems,
    },
  };
  const options = {
    onRequest: allowing(ports.keys, 'write'),
    // UTF-8 takes up to three bytes for a UTF-16 unit, JSON up to six for one that it escapes.
    bodyLimit: 13 * 1024 * 1024,
    schema,
  };
  app.post('/v1/documents', options, async (request, reply) => {
    await mayPush(ports, callerOf(request), request.body);
    const { id, revision, outcome } = await takenIn(ports, request.body);
    if (outcome === 'refused') throw forgotten;
    return reply
      .code(outcome === 'created' ? 201 : 200)
      .header('location', `/v1/documents/${id}`)
      .send({ id, revision, changed: outcome !== 'unchanged' });
  });
}

/**
 * Nobody writes where they may not read: neither in the name of a source or author outside the key's reach, nor over a
 * document there.
 */
async function mayPush(ports: ApiPorts, caller: Caller, pushed: PushedDocument): Promise<void> {
  const access = await accessOf(ports, caller);
  if (access === undefined) return;
  const { source, author, link } = pushed;
  if (access.sources?.includes(source) === false) throw outOfReach('source', source);
  if (access.authors) {
    const known = await ports.knowledge.authors({ authors: access.authors });
    const isKnown = known.some(({ name }) => name.toLowerCase() === author.toLowerCase());
    if (!isKnown) throw outOfReach('author', author);
  }
  const standing =
    link === undefined ? undefined : await ports.warehouse.get(documentId(new URL(link).href));
  const { sources, authors } = access;
  const within = { ...(sources && { sources }), ...(authors && { authors }) };
  if (standing && !maySee(standing, within)) throw outOfReach('link', link ?? '');
}

async function takenIn({ intake }: ApiPorts, pushed: PushedDocument): Promise<TakenIn> {
  try {
    return await intake(pushed);
  } catch (failure) {
    if (!(failure instanceof PermanentError) || !failure.code.startsWith('document.')) {
      throw failure;
    }
    throw new ApiError(failure.message, {
      status: 422,
      code: failure.code,
      title: 'This does not make a document',
      hint: failure.hint ?? null,
    });
  }
}

const outOfReach = (what: 'source' | 'author' | 'link', value: string) =>
  new ApiError(`The key does not reach the ${what} “${value}”.`, {
    status: 403,
    code: `document.${what}-out-of-reach`,
    title: 'The key does not reach this far',
    hint: 'A key that is limited to sources or authors may only push what it may also see.',
  });

const forgotten = new ApiError('This document was forgotten, and is not taken back.', {
  status: 409,
  code: 'document.forgotten',
  title: 'Forgotten',
  hint: 'Whoever runs this twin can lift that: understudy forget --allow-again <link>',
});
