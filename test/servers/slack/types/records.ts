/** One mistake of the client: something that the real Slack refuses, or that people would notice. */
export type Violation = {
  /** `invalid_blocks`, `missing_scope`, `unknown_argument`, `late_ack`, `unknown_envelope` … */
  readonly code: string;
  /** Method or channel on which it came: `chat.postMessage`, `socket`, `http`, `response_url`. */
  readonly where: string;
  readonly message: string;
  readonly detail?: unknown;
};

/** One call of a Web API method, in the order of arrival. */
export type ApiCall = {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  team: string | undefined;
  readonly atMs: number;
  /** What Slack answered; undefined while it runs, or when a fault cut it off. */
  answer: Readonly<Record<string, unknown>> | undefined;
  /** `error` of the answer, or the fault that met the call. */
  error: string | undefined;
  /** Whether the call changed the workspace: a connection dropped after the effect has `applied` true. */
  applied: boolean;
};

export type EnvelopeType = 'events_api' | 'slash_commands' | 'interactive';

/** One attempt to hand something to the app. */
export type Delivery = {
  readonly type: EnvelopeType;
  readonly envelopeId: string;
  /** Of events only; the same for every attempt. */
  readonly eventId: string | undefined;
  /** Event type, command or interaction type. */
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** 0 the first time. */
  readonly attempt: number;
  readonly via: 'socket' | 'http';
  state: 'waiting' | 'acknowledged' | 'late' | 'lost';
  /** Time until the acknowledgement, in milliseconds. */
  latencyMs: number | undefined;
  ackPayload: unknown;
};
