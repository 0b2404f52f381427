import type { AnswerEvent, AnswerSource } from '../../../pipelines/inference/ask.ts';
import { openRecording } from '../../conversation/recording.ts';
import { type BatchAnswer, openAnswers } from '../batch/answers.ts';
import { type BatchQuestion, readQuestions } from '../batch/questions.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { House } from '../house.ts';
import { counted, type Output } from '../output.ts';
import { openProgress } from '../progress.ts';

export type BatchOptions = {
  readonly questions: string;
  readonly output: string;
  readonly concurrency: number;
};

type Tally = { answered: number; abstained: number; failed: number; later: number; cost: number };

/**
 * Answers a file of questions into a file of answers. Killed or stopped, it goes on where it was; what failed only
 * for the moment is left out and asked again next time.
 */
export async function runBatch(
  house: House,
  { questions: path, output: to, concurrency }: BatchOptions,
  output: Output,
  signal: AbortSignal,
): Promise<ExitCode> {
  const questions = await readQuestions(path);
  const answers = await openAnswers(to);
  const left = questions.filter(({ id }) => !answers.answered.has(id));
  const before = questions.length - left.length;
  if (before > 0) output.note(`${counted(before, 'question')} answered before.`);
  const progress = openProgress(output, 'Answering', 'questions');
  progress.total(left.length);
  const tally: Tally = { answered: 0, abstained: 0, failed: 0, later: 0, cost: 0 };
  const waiting = left.values();
  const worker = async () => {
    for (const question of waiting) {
      if (signal.aborted) return;
      const answer = await answerOne(house, question, signal);
      if (answer === 'stopped') return;
      progress.step();
      count(tally, answer);
      if (isForLater(answer)) continue;
      await answers.write(answer);
      output.data(answer);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, left.length) }, worker));
  } finally {
    progress.stop();
    await answers.close();
  }
  return report(tally, to, output, signal.aborted);
}

async function answerOne(
  { inference, traces }: House,
  { id, question, history }: BatchQuestion,
  signal: AbortSignal,
): Promise<BatchAnswer | 'stopped'> {
  const asked = { thread: `batch:${id}`, channel: 'batch', asker: null, question };
  const recording = openRecording(asked, inference.release);
  let sources: readonly AnswerSource[] = [];
  let end: Extract<AnswerEvent, { type: 'done' | 'error' }> | undefined;
  const now = new Date().toISOString();
  try {
    for await (const event of inference.ask({ text: question, history, now }, signal)) {
      if (event.type === 'begun') {
        recording.servedBy(event.release);
        continue;
      }
      recording.note(event);
      if (event.type === 'sources') sources = event.sources;
      if (event.type === 'done' || event.type === 'error') end = event;
    }
  } catch (error) {
    if (signal.aborted) return 'stopped';
    throw error;
  }
  if (end === undefined) return 'stopped';
  const trace = recording.finished();
  await traces.record(trace);
  const common = { id, question, answer: trace.answer, trace: trace.id };
  if (end.type === 'error') return { ...common, ...nothing, outcome: 'failed', error: end.error };
  const { outcome, cited, support, fallbacks, generation, reading, timings } = end;
  const citations = sources
    .filter(({ number }) => cited.includes(number))
    .map(({ number, title, link, documentId, start, end: last }) => ({
      number,
      title,
      link,
      documentId,
      start,
      end: last,
    }));
  const took = { generation, ...(reading && { reading }) };
  return { ...common, outcome, citations, support, fallbacks, ...took, timings };
}

const nothing = {
  citations: [],
  support: null,
  fallbacks: [],
  generation: null,
  timings: {},
} as const;

/**
 * Failed for the moment, or written by a stand-in: nobody waits here, so the model is asked again later instead of
 * having quotations stand among its answers.
 */
function isForLater({ error, fallbacks }: BatchAnswer): boolean {
  const standIn = fallbacks.some(
    ({ stage, reason }) => stage === 'generate' && reason !== 'invalid' && reason !== 'uncited',
  );
  return standIn || error?.retryable === true;
}

function count(tally: Tally, answer: BatchAnswer): void {
  if (isForLater(answer)) tally.later += 1;
  else tally[answer.outcome] += 1;
  tally.cost += answer.generation?.usage?.costUsd ?? 0;
  tally.cost += answer.reading?.costUsd ?? 0;
}

function report(tally: Tally, to: string, output: Output, stopped: boolean): ExitCode {
  const { answered, abstained, failed, later, cost } = tally;
  const spent = cost > 0 ? ` Cost: $${cost.toFixed(4)}.` : '';
  output.note(
    `${counted(answered, 'answer')}, ${abstained} without one, ${failed} failed, in ${to}.${spent}`,
  );
  if (later > 0) {
    output.note(
      `${counted(later, 'question')} failed for the moment: the same command asks them again.`,
    );
  }
  if (stopped) output.note('Stopped: the same command goes on from here.');
  if (later > 0) return exitCodes.outside;
  return failed > 0 ? exitCodes.no : exitCodes.done;
}
