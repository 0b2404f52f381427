import type { TraceLog } from '../../monitoring/tracer.ts';
import {
  type AnswerBegun,
  type AnswerError,
  type AnswerEvent,
  type Inference,
  type Question,
  summarise,
} from '../../pipelines/inference/ask.ts';
import type { TurnOutcome } from '../state/port.ts';
import { stringsFor } from '../strings/strings.ts';
import type { Asked } from './asked.ts';
import { wordsOf } from './asked.ts';
import type { ReplyEvent, StopReason } from './channel.ts';
import type { Memory } from './memory.ts';
import { openRecording, type Recording } from './recording.ts';
import type { Run } from './run.ts';

export type ReplyPorts = {
  readonly inference: Inference;
  readonly tracer: Pick<TraceLog, 'record' | 'traces'>;
  readonly memory: Memory;
};

/**
 * One attempt at a turn's answer, as the events a channel shows: it always ends in one `done`, `error` or
 * `stopped`, whose trace was written before. Notes in the run how it ended.
 */
export async function* replyEvents(
  run: Run,
  access: Question['access'],
  { inference, tracer, memory }: ReplyPorts,
): AsyncGenerator<ReplyEvent, void> {
  const { asked } = run;
  const { signal } = run.attempt;
  const recording = openRecording(
    {
      thread: asked.message.thread,
      channel: asked.message.place.platform,
      asker: run.asker,
      question: wordsOf(asked),
    },
    inference.release,
  );
  const record = async (outcome: TurnOutcome): Promise<AnswerError | undefined> => {
    const trace = recording.finished();
    run.end = { outcome, trace: trace.id };
    return await tracer.record(trace).then(
      () => undefined,
      () => unwritten,
    );
  };

  try {
    signal.throwIfAborted();
    yield { type: 'status', stage: 'understanding' };
    const answer = await begin(run, access, { inference, tracer, memory });
    for await (const event of answer) {
      if (event.type === 'begun') {
        recording.servedBy(event.release);
        continue;
      }
      if (isEmptySummary(asked, event)) yield nothingToSummarise(asked, recording);
      recording.note(event);
      if (event.type === 'done' || event.type === 'error') {
        const lost = await record(event.type === 'done' ? event.outcome : 'failed');
        yield lost ? { type: 'error', trace: event.trace, error: lost } : event;
        return;
      }
      if (event.type === 'text') run.shown = true;
      yield event;
    }
  } catch (failure) {
    if (!signal.aborted) {
      yield await broken(failure, recording, record);
      return;
    }
    await record('stopped');
    const reason = signal.reason as StopReason;
    yield { type: 'stopped', reason, trace: recording.finished().id };
  } finally {
    // Reached without an end when the reader left.
    if (!recording.ended() && run.end === undefined) await record('stopped');
  }
}

const isEmptySummary = ({ message }: Asked, event: AnswerEvent): boolean =>
  message.task === 'summary' && event.type === 'done' && event.outcome === 'abstained';

/** A summary of nothing says nothing itself. */
function nothingToSummarise({ message }: Asked, recording: Recording): ReplyEvent {
  const text = stringsFor(message.person.locale)('summary.empty');
  const event = { type: 'text', text, citations: [] } as const;
  recording.note(event);
  return event;
}

async function begin(
  run: Run,
  access: Question['access'],
  { inference, tracer, memory }: ReplyPorts,
): Promise<AsyncIterable<AnswerBegun | AnswerEvent>> {
  const { asked, turn, channel } = run;
  const { signal } = run.attempt;
  if (asked.message.task === 'summary') {
    return summarise(await memory.whole(asked, turn, channel, signal), signal);
  }
  const history = await memory.recall(asked, turn, channel, signal);
  const say = stringsFor(asked.message.person.locale);
  const question: Question = {
    text: wordsOf(asked),
    history,
    now: new Date().toISOString(),
    abstention: {
      closest: say('abstained.heading'),
      nothing: say('abstained.nothing'),
      cutShort: say('answer.cutShort'),
    },
    ...(access && { access }),
    ...(await wishes(asked, tracer)),
  };
  return inference.ask(question, signal);
}

/** What the wish for another answer means for the question. */
async function wishes(
  { message, wish, replaces }: Asked,
  tracer: Pick<TraceLog, 'traces'>,
): Promise<Pick<Question, 'length' | 'besides'>> {
  if (wish === 'shorter') return { length: 'short' };
  if (wish === 'longer') return { length: 'long' };
  if (wish === undefined || replaces === undefined) {
    return message.length === undefined ? {} : { length: message.length };
  }
  return { besides: await citedBefore(replaces.trace, tracer) };
}

/** The passages that the replaced answer cited, as its trace has them. */
async function citedBefore(
  trace: string,
  tracer: Pick<TraceLog, 'traces'>,
): Promise<readonly string[]> {
  const [replaced] = await tracer.traces({ ids: [trace] });
  const { sources, cited } = replaced?.spans[0]?.attributes ?? {};
  if (!Array.isArray(sources) || !Array.isArray(cited)) return [];
  return sources.flatMap((source: { number?: unknown; chunkId?: unknown }) =>
    cited.includes(source.number) && typeof source.chunkId === 'string' ? [source.chunkId] : [],
  );
}

/** Something broke outside the pipeline, which reports its own failures as events. */
async function broken(
  failure: unknown,
  recording: Recording,
  record: (outcome: TurnOutcome) => Promise<AnswerError | undefined>,
): Promise<ReplyEvent> {
  const error = {
    code: 'conversation.failed',
    message: `The question could not be taken further: ${failure instanceof Error ? failure.message : String(failure)}`,
    hint: null,
    retryable: true,
  };
  const { id: trace } = recording.finished();
  const event = { type: 'error', trace, error } as const;
  recording.note(event);
  const lost = await record('failed');
  return lost ? { ...event, error: lost } : event;
}

/** An answer whose trace cannot be kept does not count as delivered: nobody could look into it later. */
const unwritten: AnswerError = {
  code: 'trace.unwritten',
  message: 'The answer could not be recorded, so it does not count.',
  hint: 'Is the disk full, or the state folder read-only? `understudy doctor` tells.',
  retryable: true,
};
