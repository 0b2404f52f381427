import type { onRequestAsyncHookHandler } from 'fastify';
import type { ApiKeys, ApiScope } from '../../state/port.ts';
import type { Caller } from '../auth/caller.ts';
import { type Opened, openKey, type Unopened } from '../auth/open-key.ts';
import { ApiError } from './api-error.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on routes that are open to everybody. */
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** In whose shape failures are written; else as problem+json. */
    errors?: 'openai';
  }
}

const details: Readonly<Record<Unopened, string>> = {
  missing: 'This needs a key, in the header Authorization: Bearer usk_….',
  malformed: 'The Authorization header holds no key: it should be Bearer usk_….',
  unknown: 'This key is not known here.',
  expired: 'This key has expired.',
  revoked: 'This key was revoked.',
};

/** Lets in whoever holds a key with this scope, before anything of the body is read. */
export function allowing(
  keys: Pick<ApiKeys, 'find' | 'used'>,
  scope: ApiScope,
): onRequestAsyncHookHandler {
  return async (request) => {
    const opened = await openKey(keys, request.headers.authorization, new Date());
    if (opened.caller === null) throw notOpened(opened);
    const { caller } = opened;
    if (!caller.scopes.includes(scope)) throw outOfScope(caller, scope);
    request.caller = caller;
  };
}

/** RFC 6750, section 3: without a key no error is named, as nobody has tried yet. */
function notOpened({ why }: Extract<Opened, { caller: null }>): ApiError {
  const error = why === 'missing' ? '' : ', error="invalid_token"';
  return new ApiError(details[why], {
    status: 401,
    code: `key.${why}`,
    title: 'No key that opens this',
    hint: 'Whoever runs this twin makes keys with: understudy keys create <name>',
    headers: { 'www-authenticate': `Bearer realm="understudy"${error}` },
  });
}

function outOfScope({ name, scopes }: Caller, scope: ApiScope): ApiError {
  return new ApiError(`The key “${name}” may not do this: it lacks the scope ${scope}.`, {
    status: 403,
    code: 'key.scope',
    title: 'The key does not reach this far',
    hint: `Its scopes are ${scopes.join(', ')}. Another key can be made with --scope ${scope}.`,
    headers: {
      'www-authenticate': `Bearer realm="understudy", error="insufficient_scope", scope="${scope}"`,
    },
  });
}
