import { startInference } from '../inference/service/start.ts';
import { codeVersion } from '../version.ts';
import type { OpenProcess } from './place.ts';

/** Whose voice; one until a deployment serves several. */
const twin = 'default';
/** Of the time that the process has to end, what answers may take; the rest is for closing. */
const shareOfGrace = 0.75;

/** Answers questions that other processes ask, over HTTP. It drains when it is closed, not when the signal aborts. */
export const openInferenceProcess: OpenProcess = async (place) => {
  const { environment, stores, log, timing, signal } = place;
  const graceMs = shareOfGrace * timing.graceMs;
  const service = await startInference(environment, stores, {
    twin,
    code: codeVersion(),
    log,
    graceMs,
  });
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return { work: stopped, close: service.close };
};
