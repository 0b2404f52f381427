import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Inference } from '../port.ts';
import { linesType } from '../protocol/lines.ts';
import { answersPath, requestSchema } from '../protocol/question.ts';
import type { Admission } from './admission.ts';
import { allowing } from './guard.ts';
import { answerLines, written } from './lines.ts';
import type { InferenceMetrics } from './metrics.ts';
import { notUnderstood, Refused } from './refuse.ts';
import type { Run, Running } from './running.ts';

export type AnswersPorts = {
  readonly inference: Inference;
  readonly admission: Admission;
  readonly running: Running;
  readonly metrics: InferenceMetrics;
  /** Told once for each answer; nothing of what was asked or said is in it. */
  readonly log: { info(about: object, message: string): void };
};

export type AnswersSettings = {
  readonly token: string | undefined;
  /** Between two signs of life, in milliseconds. */
  readonly aliveMs: number;
  /** How long an asker may take nothing of what is sent before it counts as gone, in milliseconds. */
  readonly stalledMs: number;
};

/** `POST /v1/answers`: one question, its answer as lines. */
export function serveAnswers(
  app: FastifyInstance,
  { inference, admission, running, metrics, log }: AnswersPorts,
  { token, aliveMs, stalledMs }: AnswersSettings,
): void {
  app.post(answersPath, { onRequest: allowing(token) }, async ({ body }, reply) => {
    const parsed = requestSchema.safeParse(body);
    if (!parsed.success) throw new Refused(400, notUnderstood(wrongFields(parsed.error)));
    const { id, question } = parsed.data;
    const beganMs = performance.now();
    const run = running.begin(id, reply.raw);
    const place = placeFor(run, admission);
    const counted = metrics.begin();
    let end = 'left';
    const lines = answerLines(async () => {
      await place;
      return inference.ask(question, run.signal);
    }, run.signal);
    const stream = Readable.from(
      written(lines, aliveMs, (line) => {
        counted.note(line);
        if (line.type === 'done') end = line.outcome;
        if (line.type === 'error' || line.type === 'failed') end = line.error.code;
      }),
      { objectMode: false },
    );
    // Of an asker that left at once no line was ever read: only the stream knows that it is over.
    stream.once('close', () => {
      place.then(
        (giveBack) => giveBack(),
        () => undefined,
      );
      run.end();
      counted.end();
      log.info({ request: id, end, ms: Math.round(performance.now() - beganMs) }, 'asked');
    });
    reply.raw.setTimeout(stalledMs, () => reply.raw.destroy());
    return reply.header('x-accel-buffering', 'no').type(linesType).send(stream);
  });
}

/** A full line is told with a status of its own, before anything is sent. */
function placeFor(run: Run, admission: Admission): Promise<() => void> {
  try {
    const place = admission.take(run.signal);
    // An asker may be gone before anything waits for it.
    place.catch(() => undefined);
    return place;
  } catch (failure) {
    run.end();
    throw failure;
  }
}

/** Names of what is wrong, never what stands there. */
const wrongFields = ({ issues }: z.ZodError): string =>
  [...new Set(issues.map(({ path }) => path.join('.') || 'the whole'))].join(', ');
