import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 32 random bytes behind a prefix by which people, logs and secret scanners know what it is. */
const shape = /^usk_[\w-]{43}$/u;

/** A new secret; it is shown once and kept by whoever asked for it. */
export const mintToken = (): string => `usk_${randomBytes(32).toString('base64url')}`;

/** Whether it can be one of ours at all: what cannot is refused without asking the store. */
export const looksLikeToken = (token: string): boolean => shape.test(token);

/**
 * What is kept of a secret. One pass of SHA-256, no slow password hash: those make guessing dear, and 256 random bits
 * cannot be guessed at any price, while every request would have to wait for them.
 */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** A mark of a text that only the bearer of the same secret can make again, and that tells nothing of the text. */
export const sealOf = (token: string, text: string): string =>
  createHmac('sha256', token).update(text).digest('base64url');
