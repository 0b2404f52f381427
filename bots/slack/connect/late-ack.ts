import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Receiver, ReceiverEvent } from '@slack/bolt';

/** Slack waits three seconds for an acknowledgement. */
const latestMs = 1_500;

/**
 * Acknowledges an event when it was taken in, not when it arrived: Bolt does so before anybody has looked at it,
 * and a process that dies in between would lose the question. What takes longer is acknowledged meanwhile; what
 * is delivered again is recognised.
 */
export function acknowledgeTaken(receiver: Receiver): void {
  const init = receiver.init.bind(receiver);
  receiver.init = (app: App) =>
    init({
      processEvent: async (event: ReceiverEvent) => {
        if (event.body['type'] !== 'event_callback') return app.processEvent(event);
        const taken = app.processEvent({ ...event, ack: async () => undefined });
        const late = new AbortController();
        // A failure is thrown below; it must not go unheard should the time be up first.
        taken.catch(() => undefined);
        await Promise.race([
          taken,
          sleep(latestMs, undefined, { signal: late.signal }).catch(() => undefined),
        ]);
        late.abort();
        await event.ack();
        await taken;
      },
    } as App);
}
