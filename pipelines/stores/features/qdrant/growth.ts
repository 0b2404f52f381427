import type { Connection } from './connection.ts';
import type { Growth } from './put.ts';
import { settle } from './settle.ts';
import { totalsOf } from './statistics.ts';

/** By set: passages and tokens as this process believes them to be, which others change too. */
export type Sizes = Map<string, { chunks: number; tokens: number }>;

/** Below this a search looks at about everything anyway. */
const fewestChunks = 500;

/** Writes weights anew once the mean length has moved away from the one they were written for. */
export async function watchDrift(
  connection: Connection,
  sizes: Sizes,
  set: string,
  { chunks, tokens, writtenFor }: Growth,
): Promise<void> {
  const known = sizes.get(set);
  if (known) {
    known.chunks += chunks;
    known.tokens += tokens;
  }
  const size = known ?? (await count(connection, sizes, set));
  if (size.chunks < fewestChunks) return;
  const mean = (1_000 * size.tokens) / size.chunks;
  if (Math.abs(mean - writtenFor) <= connection.timing.driftTolerance * writtenFor) return;
  // Others may have written too: believe no more than what was just counted.
  await settle(connection, set);
  await count(connection, sizes, set);
}

async function count(connection: Connection, sizes: Sizes, set: string) {
  const { chunks, averageLength } = await totalsOf(connection, set);
  const size = { chunks, tokens: chunks * averageLength };
  sizes.set(set, size);
  return size;
}
