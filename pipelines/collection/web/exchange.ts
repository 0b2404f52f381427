import type { LookupFunction } from 'node:net';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, errors, request } from 'undici';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { CheckedAddress } from './address.ts';

/** One request to one checked address: no redirects, no retries, nothing looked up again. */
export type Exchange = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Uint8Array;
};

export type ExchangeLimits = {
  readonly maxBytes: number;
  /** To connect, to get headers, and between two pieces of the body. */
  readonly timeoutMs: number;
  /** From start to last byte. */
  readonly deadlineMs: number;
};

export async function exchange(
  url: URL,
  addresses: readonly CheckedAddress[],
  headers: Readonly<Record<string, string>>,
  limits: ExchangeLimits,
  signal: AbortSignal,
): Promise<Exchange> {
  const { timeoutMs, deadlineMs, maxBytes } = limits;
  // An agent of its own for every exchange: what connects is what was checked, and nothing is reused.
  const agent = new Agent({
    connect: { timeout: timeoutMs, lookup: pinned(addresses) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 32 * 1024,
    allowH2: false,
  });
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const response = await request(url, {
      dispatcher: agent,
      method: 'GET',
      headers: { ...headers, 'accept-encoding': 'gzip, deflate, br' },
      signal: AbortSignal.any([signal, deadline]),
    });
    const answered = flat(response.headers);
    const body = await readBody(response.body, answered, maxBytes);
    return { status: response.statusCode, headers: answered, body };
  } catch (error) {
    if (signal.aborted) throw error;
    throw failure(url, error, deadline.aborted);
  } finally {
    await agent.destroy();
  }
}

/** Answers every lookup with the addresses that were checked: a second answer from DNS cannot matter. */
function pinned(addresses: readonly CheckedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

/** Reads a body to its end, counting after decompression: a small body can unpack to a huge one. */
async function readBody(
  body: Readable,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Uint8Array> {
  // Destroying a body that nobody reads any more is an "error" that would end the process.
  body.on('error', () => undefined);
  const tooLarge = () =>
    new PermanentError(`The answer is larger than ${Math.round(maxBytes / 1024)} KiB.`, {
      code: 'fetch.too-large',
    });
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (Number(headers['content-length'] ?? 0) > maxBytes) {
    body.destroy();
    throw tooLarge();
  }
  const pieces: Buffer[] = [];
  let length = 0;
  const counted = new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      length += piece.length;
      if (length > maxBytes) return done(tooLarge());
      pieces.push(piece);
      done();
    },
  });
  const unpack = unpackers[encoding];
  if (encoding === 'identity' || encoding === '') await pipeline(body, counted.resume());
  else if (unpack) await pipeline(body, unpack(), counted.resume());
  else {
    body.destroy();
    throw new PermanentError(`The answer is packed in an unknown way (${encoding}).`, {
      code: 'fetch.encoding',
    });
  }
  return Buffer.concat(pieces);
}

const unpackers: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function flat(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

function failure(url: URL, error: unknown, late: boolean): PermanentError | TransientError {
  if (error instanceof PermanentError || error instanceof TransientError) return error;
  const timedOut =
    late ||
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError;
  if (timedOut) {
    return new TransientError(`${url.host} did not answer in time.`, {
      code: 'fetch.timeout',
      cause: error,
    });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new TransientError(`The connection to ${url.host} failed: ${why}`, {
    code: 'fetch.connection',
    cause: error,
  });
}
