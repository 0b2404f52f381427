import type { Collection, ResumeToken } from 'mongodb';
import { PermanentError, TransientError } from '../../errors.ts';
import { attempt } from '../../mongo/failure.ts';
import { pause } from '../insist.ts';
import type { Notices } from './notices.ts';
import type { Stored } from './stored.ts';

/** Without the documents themselves: that something changed is all that is asked. */
const pipeline = [{ $project: { operationType: 1 } }];

export type Reading = {
  readonly documents: Collection<Stored>;
  readonly notices: Notices;
  /** Where the follower stood, or undefined when that is not known. */
  readonly from: ResumeToken | undefined;
  /** How long the server holds back an answer while nothing happens. */
  readonly awaitMs: number;
  readonly retryMs: number;
  readonly alarm: (what: string) => void;
};

/**
 * Reads the change stream until `signal` aborts. The driver resumes by itself after a cut or an election; what it
 * cannot resume is opened again here. A position that the server no longer has, or does not understand, is given up:
 * with an alarm, and news that some were lost, as soon as a stream from now on stands.
 *
 * @throws PermanentError when this server gives no change stream at all.
 */
export async function readStream(reading: Reading, signal: AbortSignal): Promise<void> {
  const place: Place = { position: reading.from, lost: false };
  while (!signal.aborted) {
    try {
      await attempt('follow the changes', () => readFrom(place, reading, signal));
      continue;
    } catch (failure) {
      if (signal.aborted) return;
      const gone = failure instanceof PermanentError && place.position !== undefined;
      if (!gone && !(failure instanceof TransientError)) throw failure;
      if (gone) {
        place.position = undefined;
        place.lost = true;
        reading.alarm(
          `News of changes were lost, everything is compared anew. ${failure.message} Is the oplog too small for how long nobody listened?`,
        );
      }
    }
    await pause(reading.retryMs, signal);
  }
}

type Place = { position: ResumeToken | undefined; lost: boolean };

async function readFrom(
  place: Place,
  { documents, notices, awaitMs }: Reading,
  signal: AbortSignal,
): Promise<void> {
  const { position, lost } = place;
  const stream = documents.watch(pipeline, {
    maxAwaitTimeMS: awaitMs,
    // Unlike `resumeAfter`, also where the last event said that the collection is no more.
    ...(position !== undefined && { startAfter: position }),
  });
  const stopped = Promise.withResolvers<null>();
  const stop = () => stopped.resolve(null);
  signal.addEventListener('abort', stop, { once: true });
  const reached = (token: ResumeToken, changed: boolean) => {
    place.position = token;
    notices.add({ position: token, changed, lost: false });
  };
  try {
    // Only now it is sure that from here on nothing is missed.
    stream.once('resumeTokenChanged', (token) => {
      if (position !== undefined) return;
      place.position = token;
      place.lost = false;
      notices.add({ position: token, changed: true, lost });
    });
    while (!signal.aborted && !stream.closed) {
      // A server that has died answers late or never, and nobody who stops should wait for that.
      const event = await Promise.race([stream.tryNext(), stopped.promise]);
      if (event) reached(event._id, true);
      else if (stream.resumeToken) reached(stream.resumeToken, false);
      if (event?.operationType === 'invalidate') return;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    const closing = stream.close().catch(() => {});
    if (!signal.aborted) await closing;
  }
}
