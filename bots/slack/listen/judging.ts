import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedbackGiven, KnownTurn } from '../../conversation/conversation.ts';
import type { Desk } from './desk.ts';

const settleMs = 3_000;
const lookEveryMs = 25;

/**
 * The turn, once it has ended: its buttons can be pressed a moment before it is written down that its answer
 * stands.
 */
export async function endedTurn(
  { conversation }: Pick<Desk, 'conversation'>,
  id: string,
): Promise<KnownTurn | undefined> {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const known = await conversation.turn(id);
    if (known?.running !== true || waitedMs >= settleMs) return known;
    await sleep(lookEveryMs);
  }
}

/**
 * Takes a thumb, in the order in which one person gave them: the later one counts, and a reason comes after its
 * thumb. False when the answer is not known any more.
 */
export async function judge(
  desk: Desk,
  turn: string,
  given: Pick<FeedbackGiven, 'person' | 'value' | 'reason'>,
): Promise<boolean> {
  let taken = false;
  await desk.inOrder(`feedback:${turn}:${given.person.id}`, async () => {
    const known = await endedTurn(desk, turn);
    if (known === undefined || known.trace === null) return;
    const { trace, place } = known;
    taken = await desk.conversation.feedback({ ...given, trace, place });
  });
  return taken;
}
