import { randomUUID } from 'node:crypto';
import type { Trace } from '../../monitoring/tracer.ts';
import { type AnswerEvent, type AnswerSource, markedText } from '../../pipelines/inference/ask.ts';

export type Recording = {
  note(event: AnswerEvent): void;
  /** The trace as far as it has come: cancelled when there was no end yet. */
  finished(): Trace;
  ended(): boolean;
};

/** What a trace says of the question. */
export type Recorded = Pick<Trace, 'thread' | 'channel' | 'asker' | 'question'>;

type End = Extract<AnswerEvent, { type: 'done' | 'error' }>;

/** Makes a trace out of an answer's events as they pass. */
export function openRecording(asked: Recorded, release: string): Recording {
  const startedAt = new Date();
  const beganMs = performance.now();
  const cancelled = randomUUID();
  let said = '';
  let shown: readonly AnswerSource[] = [];
  let featureSet: string | null = null;
  let understood: Readonly<Record<string, unknown>> = {};
  let end: End | undefined;

  return {
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
    return { ...understood, sources, cited: end.cited, support: end.support };
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
      const span = { name, startMs, durationMs, attributes: {} };
      startMs += durationMs;
      return span;
    });
}
