import type { Logger } from 'pino';

/**
 * Aborts when the process is asked to end (SIGTERM, SIGINT). Asked a second time it ends at once: what it was at goes on
 * elsewhere when its leases end. Whatever nobody caught is logged and ends the process, never in silence.
 */
export function stopSignal(log: Logger): AbortSignal {
  const stopping = new AbortController();
  for (const [name, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(128 + number);
      stopping.abort(new Error(`The process was asked to end by ${name}.`));
    });
  }
  const die = (error: unknown) => {
    log.fatal({ err: error }, 'nobody caught this: the process ends');
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  return stopping.signal;
}
