import { randomUUID } from 'node:crypto';
import type { Tracer } from '../../monitoring/tracer.ts';
import {
  type AnswerError,
  type AnswerEvent,
  type Answering,
  ask,
} from '../../pipelines/inference/ask.ts';
import type { Asking } from './asking.ts';
import { type Claims, openClaims } from './claims.ts';
import { type Memory, openMemory } from './memory.ts';
import { openRecording } from './recording.ts';

export type Conversation = {
  /**
   * Answers in a thread. Ends without any event when the event id was answered before. When `signal` is
   * aborted the trace is recorded as cancelled and the stream ends without `done`.
   */
  converse(asking: Asking): AsyncGenerator<AnswerEvent, void>;
  /** Lets a thread begin anew. */
  forgetThread(thread: string): void;
};

export type ConversationPorts = {
  readonly answering: Answering;
  readonly tracer: Tracer;
  /** Id of the release that answers. */
  readonly release: string;
  readonly claims?: Claims;
  readonly memory?: Memory;
};

/** The same conversation for every channel: claim, remember, ask, and write the trace before `done`. */
export function openConversation({
  answering,
  tracer,
  release,
  claims = openClaims(),
  memory = openMemory({ tokens: 1_500, threads: 500 }),
}: ConversationPorts): Conversation {
  return {
    forgetThread: (thread) => memory.forget(thread),
    async *converse(asking) {
      const { question, thread, event = randomUUID(), signal } = asking;
      if (!(await claims.claim(`${asking.channel}:${event}`))) return;
      const recording = openRecording(asking, release);
      try {
        const now = new Date().toISOString();
        const asked = { text: question, history: memory.recall(thread), now };
        for await (const answer of ask(answering, asked, signal)) {
          recording.note(answer);
          if (answer.type === 'done' || answer.type === 'error') {
            const written = await tracer.record(recording.finished()).catch(unwritten);
            if (written !== undefined) {
              yield { type: 'error', trace: answer.trace, error: written };
              return;
            }
          }
          if (answer.type === 'done') {
            memory.remember(thread, [
              { role: 'user', text: question },
              { role: 'twin', text: recording.answer() },
            ]);
          }
          yield answer;
        }
      } catch (failure) {
        if (signal?.aborted !== true) throw failure;
      } finally {
        // Reached without an end when the asker stopped it, or left.
        if (!recording.ended()) await tracer.record(recording.finished());
      }
    },
  };
}

/** An answer whose trace cannot be kept does not count as delivered: nobody could look into it later. */
function unwritten(): AnswerError {
  return {
    code: 'trace.unwritten',
    message: 'The answer could not be recorded, so it does not count.',
    hint: 'Is the disk full, or the state folder read-only? `understudy doctor` tells.',
    retryable: true,
  };
}
