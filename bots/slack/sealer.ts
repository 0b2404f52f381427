import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { PermanentError } from '../../pipelines/stores/errors.ts';

/** Encrypts small secrets under keys that can be changed. */
export type Sealer = {
  /** @param name is bound to what is sealed: it opens under no other. */
  seal(name: string, plain: Uint8Array): Uint8Array;
  /** @throws PermanentError `slack.sealed` when no key opens it. */
  open(name: string, sealed: Uint8Array): { readonly opened: Uint8Array; readonly isOld: boolean };
};

const version = 1;
const idBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const leastSecret = 32;
const purpose = 'understudy slack installations';

/**
 * AES-256-GCM under a key derived by HKDF-SHA-256 (RFC 5869): version, key id, nonce, tag, ciphertext.
 *
 * @param secrets at least 32 characters each, the newest first.
 */
export function openSealer(secrets: readonly string[]): Sealer {
  const keys = secrets.map(keyOf);
  const [newest] = keys;
  if (newest === undefined || secrets.some((secret) => secret.length < leastSecret)) {
    throw new PermanentError(`An encryption key needs at least ${leastSecret} characters.`, {
      code: 'slack.encryption-key',
      hint: 'Set SLACK_ENCRYPTION_KEY, for example to the output of: openssl rand -hex 32',
    });
  }
  return {
    seal(name, plain) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', newest.key, nonce);
      cipher.setAAD(Buffer.from(name));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Buffer.of(version), newest.id, nonce, cipher.getAuthTag(), body]);
    },
    open(name, sealed) {
      const all = Buffer.from(sealed);
      const id = all.subarray(1, 1 + idBytes);
      const found = keys.find((key) => key.id.equals(id));
      if (all[0] !== version || found === undefined) throw unopened();
      const nonceAt = 1 + idBytes;
      const tagAt = nonceAt + nonceBytes;
      const bodyAt = tagAt + tagBytes;
      try {
        const decipher = createDecipheriv('aes-256-gcm', found.key, all.subarray(nonceAt, tagAt));
        decipher.setAAD(Buffer.from(name));
        decipher.setAuthTag(all.subarray(tagAt, bodyAt));
        const opened = Buffer.concat([decipher.update(all.subarray(bodyAt)), decipher.final()]);
        return { opened, isOld: found !== newest };
      } catch (cause) {
        throw unopened(cause);
      }
    },
  };
}

function keyOf(secret: string) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
  return { key, id: createHash('sha256').update(key).digest().subarray(0, idBytes) };
}

function unopened(cause?: unknown): PermanentError {
  return new PermanentError('A stored installation cannot be decrypted.', {
    code: 'slack.sealed',
    hint: 'Add the key it was encrypted with to SLACK_ENCRYPTION_KEY, after the new one, or install the app again.',
    cause,
  });
}
