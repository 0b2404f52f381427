import type { Drain } from './http/drain.ts';
import type { ApiMetrics } from './metrics.ts';
import type { ApiPorts } from './ports.ts';
import type { Running } from './running.ts';

/** What the routes share. */
export type ApiContext = {
  readonly ports: ApiPorts;
  readonly metrics: ApiMetrics;
  readonly running: Running;
  readonly drain: Drain;
  /** The twin's name: what clients of OpenAI's protocol call the model. */
  readonly twin: string;
  /** Between two signs of life of a stream, in milliseconds. */
  readonly keepAliveMs: number;
};
