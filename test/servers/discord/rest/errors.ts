import type { Violation } from '../types/server.ts';

/** Discord's JSON error codes that this server answers with: HTTP status and message. */
const ERRORS = {
  0: [401, '401: Unauthorized'],
  10003: [404, 'Unknown Channel'],
  10004: [404, 'Unknown Guild'],
  10007: [404, 'Unknown Member'],
  10008: [404, 'Unknown Message'],
  10013: [404, 'Unknown User'],
  10015: [404, 'Unknown Webhook'],
  10062: [404, 'Unknown interaction'],
  10063: [404, 'Unknown application command'],
  30032: [400, 'Maximum number of application commands reached (100).'],
  30046: [429, 'Maximum number of edits to messages older than 1 hour reached. Try again later.'],
  40060: [400, 'Interaction has already been acknowledged.'],
  50001: [403, 'Missing Access'],
  50005: [403, 'Cannot edit a message authored by another user'],
  50006: [400, 'Cannot send an empty message'],
  50007: [403, 'Cannot send messages to this user'],
  50013: [403, 'Missing Permissions'],
  50021: [403, 'Cannot execute action on a system message'],
  50024: [400, 'Cannot execute action on this channel type'],
  50027: [401, 'Invalid Webhook Token'],
  50035: [400, 'Invalid Form Body'],
  50083: [400, 'Thread is archived'],
  50109: [400, 'The request body contains invalid JSON.'],
  160002: [403, 'Cannot reply without permission to read message history'],
  160004: [400, 'A thread has already been created for this message'],
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** What is wrong with one field; `code` as Discord names it, as `BASE_TYPE_MAX_LENGTH`. */
export type FieldError = {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
};

/** Thrown by whoever serves an operation; becomes the answer, and a violation where it is the bot's fault. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly fields: readonly FieldError[];
  readonly violation: Violation['kind'] | undefined;
  /** Of 429: when to come again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    more: {
      readonly fields?: readonly FieldError[];
      readonly violation?: Violation['kind'];
      readonly retryAfterMs?: number;
    } = {},
  ) {
    super(ERRORS[code][1]);
    this.status = ERRORS[code][0];
    this.code = code;
    this.fields = more.fields ?? [];
    this.violation = more.violation;
    this.retryAfterMs = more.retryAfterMs;
  }

  /** The answer's body, field errors nested under their path as Discord nests them. */
  body(): Record<string, unknown> {
    const retry =
      this.retryAfterMs === undefined
        ? {}
        : { retry_after: this.retryAfterMs / 1000, global: false };
    if (this.fields.length === 0) return { message: this.message, code: this.code, ...retry };
    const errors: Record<string, unknown> = {};
    for (const { path, code, message } of this.fields) {
      let node = errors;
      for (const key of path) {
        node[key] ??= {};
        node = node[key] as Record<string, unknown>;
      }
      node['_errors'] ??= [];
      (node['_errors'] as unknown[]).push({ code, message });
    }
    return { message: this.message, code: this.code, errors };
  }

  describe(): string {
    const fields = this.fields.map(
      ({ path, message }) => `${path.join('.') || 'body'}: ${message}`,
    );
    return [`${this.code} ${this.message}`, ...fields].join('; ');
  }
}

/** 400 with code 50035, for what breaks a documented limit. */
export function limitBroken(fields: readonly FieldError[]): ApiError {
  return new ApiError(50_035, { fields, violation: 'limit' });
}
