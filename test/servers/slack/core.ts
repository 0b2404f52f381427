import type { Changes } from './changes.ts';
import type { Outbox } from './delivery/outbox.ts';
import type { Ids } from './ids.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Team } from './team.ts';
import type { Triggers } from './triggers.ts';
import type { ApiCall, Delivery, Violation } from './types.ts';

/** The app as it was created on the platform. */
export type App = {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signingSecret: string;
  readonly appToken: string;
  readonly appTokenScopes: readonly string[];
  readonly scopes: readonly string[];
  /** Undefined: every event. */
  readonly events: ReadonlySet<string> | undefined;
  readonly commands: ReadonlySet<string> | undefined;
  readonly shortcuts: ReadonlySet<string> | undefined;
};

export type Settings = {
  readonly ackDeadlineMs: number;
  readonly retryDelaysMs: readonly number[];
  readonly triggerLifetimeMs: number;
  readonly streamLifetimeMs: number;
  readonly pingIntervalMs: number;
  readonly echo: boolean;
};

/** What every part of the server shares. */
export type Core = {
  readonly app: App;
  readonly settings: Settings;
  readonly ids: Ids;
  readonly teams: Map<string, Team>;
  readonly violations: Violation[];
  readonly calls: ApiCall[];
  readonly deliveries: Delivery[];
  readonly changes: Changes;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly outbox: Outbox;
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly origin: () => string;
  violate(code: string, where: string, message: string, detail?: unknown): void;
};

export type RefusalDetail = {
  /**
   * Whether the client made a mistake. A channel that was archived meanwhile is nobody's mistake; text
   * that is too long is.
   */
  readonly mistake: boolean;
  /** Code of the violation where it says more than Slack's error. */
  readonly code?: string;
  readonly messages?: readonly string[];
  readonly extra?: Readonly<Record<string, unknown>>;
};

/** Slack says no: `{ok: false, error}`. */
export class Refusal extends Error {
  readonly error: string;
  readonly detail: RefusalDetail;

  constructor(error: string, detail: RefusalDetail) {
    super([error, ...(detail.messages ?? [])].join('; '));
    this.name = 'Refusal';
    this.error = error;
    this.detail = detail;
  }
}

/** The client should have known better. */
export function mistake(error: string, message?: string, code?: string): Refusal {
  return new Refusal(error, {
    mistake: true,
    ...(message === undefined ? {} : { messages: [`[ERROR] ${message}`] }),
    ...(code === undefined ? {} : { code }),
  });
}

/** The world is not as the client hoped. */
export function refusal(error: string, message?: string): Refusal {
  return new Refusal(error, {
    mistake: false,
    ...(message === undefined ? {} : { messages: [`[ERROR] ${message}`] }),
  });
}
