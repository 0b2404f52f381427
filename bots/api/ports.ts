import type { Logger } from 'pino';
import type { TraceLog } from '../../monitoring/tracer.ts';
import type { FeatureStore } from '../../pipelines/stores/features/port.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { Knowledge } from '../conversation/knowledge.ts';
import type { ApiKeys } from '../state/port.ts';
import type { PushedDocument } from './schemas/push.ts';

/** One thing that must be well for the twin to answer. */
export type Readiness = { readonly name: string; readonly ok: boolean };

/** What became of a pushed document. */
export type TakenIn = {
  readonly id: string;
  /** 0 where it was refused. */
  readonly revision: number;
  /** `refused`: it was forgotten, and is not taken back. */
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'refused';
};

/** What the API is handed. */
export type ApiPorts = {
  readonly conversation: Pick<Conversation, 'hear' | 'stop' | 'feedback' | 'access' | 'turnOf'>;
  readonly knowledge: Pick<Knowledge, 'overview' | 'sources' | 'authors'>;
  readonly warehouse: Pick<Warehouse, 'get'>;
  readonly features: Pick<FeatureStore, 'chunks'>;
  readonly traces: Pick<TraceLog, 'traces'>;
  readonly keys: ApiKeys;
  /**
   * Takes a document into the warehouse. The same one twice changes nothing.
   * @throws PermanentError `document.…` naming what is wrong with it.
   */
  readonly intake: (pushed: PushedDocument) => Promise<TakenIn>;
  /** What answering needs, and whether each of it is well; a rejection counts as not ready. */
  readonly ready: () => Promise<readonly Readiness[]>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
};
