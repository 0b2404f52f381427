import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { OpenedInference } from '../open.ts';

/** Between two looks at whether the server still speaks in the twin's voice, in milliseconds. */
const lookEveryMs = 15 * 60_000;

/**
 * Listens to the adapter now and then until the signal aborts: a server that was restarted without it would go on as
 * the base model. What is wrong is logged; answers are quotations until it is right again.
 */
export async function listenToVoice(
  { checkVoice }: Pick<OpenedInference, 'checkVoice'>,
  log: Pick<Logger, 'error' | 'warn'>,
  signal: AbortSignal,
  everyMs = lookEveryMs,
): Promise<void> {
  if (checkVoice === null) return;
  while (!signal.aborted) {
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const problem = await checkVoice(signal);
      if (problem !== null)
        log.error({ problem }, 'the release is refused: quoting until it is right');
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'the adapter could not be checked');
    }
  }
}
