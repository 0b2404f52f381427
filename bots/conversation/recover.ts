import { readAsked, withoutWords, writeAsked } from './asked.ts';
import type { Channel } from './channel.ts';
import type { Desk } from './desk.ts';
import { reasonToRefuse, refuse } from './hear.ts';
import { isDead } from './lease.ts';
import type { Platform } from './message.ts';
import { newRun, stopRun } from './run.ts';

/** A question that a process died of so often is closed with an honest line, not tried again. */
const mostRecoveries = 2;

/** Ends what nobody waits for any more, and forgets who asked what where once it is old. */
export async function tidy({ state, lease, timing }: Desk): Promise<void> {
  for (const platform of ['web', 'terminal', 'api'] as const) {
    await releaseDead(state, platform);
    const left = await state.takeAbandoned(platform, lease.owner, Date.now(), lease.until());
    for (const { id, asked: stored } of left) {
      const asked = writeAsked(withoutWords(readAsked(stored)));
      await state.end(id, { state: 'ended', outcome: 'undelivered', trace: null, asked });
    }
  }
  await state.purge(Date.now() - timing.keptMs);
}

/**
 * Finishes what processes that died were answering on this platform: answers again, in the place of what they
 * had shown. Too old, or too often tried, it is only closed.
 */
export async function recover(desk: Desk, channel: Channel): Promise<number> {
  const { state, lease, threads, timing, pseudonym } = desk;
  if (desk.draining()) return 0;
  await releaseDead(state, channel.platform);
  const abandoned = await state.takeAbandoned(
    channel.platform,
    lease.owner,
    Date.now(),
    lease.until(),
  );
  const runs = await Promise.all(
    abandoned.map(async ({ id, asked: stored, where, askedAtMs }) => {
      const before = readAsked(stored);
      const asked = { ...before, recoveries: (before.recoveries ?? 0) + 1 };
      await state.ask(id, writeAsked(asked));
      const { place, person } = asked.message;
      const asker = pseudonym(place, person);
      const run = newRun({ turn: id, channel, asked, asker, where, recovered: true });
      const allowed = await desk.allowedFor(place, person);
      const notice = await reasonToRefuse(desk, asked.message, allowed, asker);
      // Killed before it could be refused: then it is refused now.
      if (notice && where === null) return refuse(desk, id, asked, notice, channel);
      const isStale = Date.now() - askedAtMs > timing.staleMs;
      if (isStale || asked.recoveries > mostRecoveries) stopRun(run, 'shutdown');
      threads.enqueue(run);
      return run.heard.promise;
    }),
  );
  return runs.length;
}

/** Lets go at once of what a process of this machine held that is gone: its lease need not run out first. */
async function releaseDead(state: Desk['state'], platform: Platform): Promise<void> {
  for (const owner of await state.owners(platform)) {
    if (isDead(owner)) await state.release(owner);
  }
}
