import { setImmediate } from 'node:timers/promises';

/**
 * Lets a request that was just made reach its socket: two turns of the event loop. A search in this process holds
 * the loop for tens of milliseconds, and what waits behind it is not asked for in parallel but afterwards.
 */
export async function onItsWay(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
