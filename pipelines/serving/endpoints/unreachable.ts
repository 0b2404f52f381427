import { TransientError } from '../../stores/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up at the moment',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer',
  UND_ERR_BODY_TIMEOUT: 'it stopped in the middle of its reply',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** @returns TransientError `<code>.down` for a request that no reply, or half of one, came to */
export function unreachable(
  service: string,
  code: string,
  address: string,
  error: unknown,
): TransientError {
  const name = systemCode(error);
  const reason = (name && reasons[name]) ?? name ?? 'the connection failed';
  return new TransientError(`${service} at ${address} cannot be reached: ${reason}.`, {
    code: `${code}.down`,
    hint: 'Check that it is running and that the address is right.',
    cause: error,
  });
}

/** `fetch` wraps the reason: "TypeError: fetch failed", caused by the error that tells; several addresses, several. */
function systemCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('errors' in error && Array.isArray(error.errors)) return systemCode(error.errors[0]);
  return 'cause' in error ? systemCode(error.cause) : null;
}
