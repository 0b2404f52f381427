import { randomUUID } from 'node:crypto';
import type { Trace } from '../../monitoring/tracer.ts';
import {
  type AnswerEvent,
  type AnswerSource,
  type Fallback,
  markedText,
} from '../../pipelines/inference/ask.ts';

export type Recording = {
  /** Another release than was expected answers. */
  servedBy(release: string): void;
  note(event: AnswerEvent): void;
  /** The trace as far as it has come: cancelled when there was no end yet. */
  finished(): Trace;
  ended(): boolean;
};

/** What a trace says of the question. */
export type Recorded = Pick<Trace, 'thread' | 'channel' | 'asker' | 'question'>;

type End = Extract<AnswerEvent, { type: 'done' | 'error' }>;

/** Makes a trace out of an answer's events as they pass. */
export function openRecording(asked: Recorded, expected: string): Recording {
  const startedAt = new Date();
  const beganMs = performance.now();
  const cancelled = randomUUID();
  let said = '';
  let shown: readonly AnswerSource[] = [];
  let featureSet: string | null = null;
  let understood: Readonly<Record<string, unknown>> = {};
  let end: End | undefined;
  let release = expected;

  return {
    servedBy(served) {
      release = served;
    },
    note(event) {
      switch (event.type) {
        case 'status':
          return;
        case 'sources':
          shown = event.sources;
          featureSet = event.featureSet;
          understood = { understanding: event.understanding, expansion: event.expansion };
          return;
        case 'text':
          said += markedText(event.text, event.citations);
          return;
        case 'done':
        case 'error':
          end = event;
          return;
        default:
          event satisfies never;
      }
    },
    ended: () => end !== undefined,
    finished: () => ({
      id: end?.trace ?? cancelled,
      ...asked,
      startedAt: startedAt.toISOString(),
      answer: said,
      outcome: outcomeOf(end),
      release,
      featureSet,
      documents: [...new Set(shown.map(({ documentId }) => documentId))],
      authors: [...new Set(shown.map(({ authorId }) => authorId))],
      spans: [
        {
          name: 'answer',
          startMs: 0,
          durationMs: performance.now() - beganMs,
          attributes: attributesOf(end, shown, understood),
        },
        ...stagesOf(end),
      ],
    }),
  };
}

function outcomeOf(end: End | undefined): Trace['outcome'] {
  if (end === undefined) return 'cancelled';
  return end.type === 'done' ? end.outcome : 'failed';
}

function attributesOf(
  end: End | undefined,
  shown: readonly AnswerSource[],
  understood: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const sources = shown.map(({ number, chunkId, scores }) => ({ number, chunkId, scores }));
  if (end?.type === 'done') {
    const { cited, support, fallbacks } = end;
    return { ...understood, sources, cited, support, fallbacks };
  }
  return { ...understood, sources, ...(end === undefined ? {} : { error: end.error }) };
}

/** Stages as they were timed, laid end to end: the pipeline reports how long, not when. */
function stagesOf(end: End | undefined): Trace['spans'] {
  if (end?.type !== 'done') return [];
  let startMs = 0;
  return Object.entries(end.timings)
    .filter(([name]) => name !== 'total')
    .map(([name, durationMs]) => {
      const span = { name, startMs, durationMs, attributes: stageAttributes(name, end) };
      startMs += durationMs;
      return span;
    });
}

/** Under which timing a stage's fallback took place. */
const timedAs: Readonly<Record<Fallback['stage'], string>> = {
  understand: 'read',
  embed: 'search',
  rerank: 'rerank',
  generate: 'answer',
};

function stageAttributes(
  name: string,
  { fallbacks, generation, reading }: Extract<End, { type: 'done' }>,
): Readonly<Record<string, unknown>> {
  const without = fallbacks.filter(({ stage }) => timedAs[stage] === name);
  return {
    ...(without.length > 0 && { fallbacks: without }),
    ...(name === 'read' && reading && { usage: reading }),
    ...(name === 'answer' && generation !== null && { generation }),
  };
}
