import { z } from 'zod';
import type { Trace } from '../../../monitoring/tracer.ts';
import { expansionSchema, type ShownEvent, understandingSchema } from '../schemas/events.ts';
import type { WholeAnswer } from './whole.ts';

/** A recorded answer as a stream: all of its text at once, with the marks in it. */
export async function* replayed(trace: Trace, answer: WholeAnswer): AsyncGenerator<ShownEvent> {
  const { sources, answer: text, ...end } = answer;
  yield { type: 'sources', featureSet: trace.featureSet ?? '', sources, ...understood(trace) };
  yield { type: 'text', text, citations: [] };
  yield { type: 'done', ...end };
}

function understood({ question, spans }: Trace) {
  const asked = { question, rewritten: question, filters: [], comparison: false };
  return z
    .object({
      understanding: understandingSchema.catch(asked),
      expansion: expansionSchema.catch([]),
    })
    .parse(spans[0]?.attributes ?? {});
}
