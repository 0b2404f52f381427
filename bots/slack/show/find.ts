import { metadataTypes } from '../names.ts';
import { again, type Outcome } from '../web/call.ts';
import type { SurfaceOptions } from './surface.ts';

const pageSize = 200;
const mostPages = 10;

/** The parts of a message in history that tell whose it is. */
type Found = {
  readonly ts?: string;
  readonly user?: string;
  readonly metadata?: {
    readonly event_type?: string;
    readonly event_payload?: { readonly [key: string]: unknown };
  };
};

/**
 * Looks for a message of this turn's answer after the question: one that says so, else the first of the bot's own
 * that no turn knows. A stream carries no metadata before it ends.
 */
export async function findMessage(
  { workspace, reply, turn, patience, isOwned }: SurfaceOptions,
  known: readonly string[],
): Promise<Outcome<string | undefined>> {
  const { client, botUser } = workspace;
  const { channel, root, question } = reply;
  const after = question ?? root;
  const own: Found[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const range = {
      channel,
      include_all_metadata: true,
      limit: pageSize,
      ...(after === null ? {} : { oldest: after }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const read = await again(
      () =>
        root === null
          ? client.conversations.history(range)
          : client.conversations.replies({ ...range, ts: root }),
      patience,
    );
    if (read.kind !== 'done') return read;
    const messages: readonly Found[] = read.value.messages ?? [];
    own.push(
      ...messages.filter(
        ({ ts, user }) =>
          user === botUser && ts !== undefined && ts > (after ?? '') && !known.includes(ts),
      ),
    );
    cursor = read.value.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') break;
  }
  const marked = own.find(
    ({ metadata }) =>
      metadata?.event_type === metadataTypes.answer && metadata.event_payload?.['turn'] === turn,
  );
  if (marked?.ts !== undefined) return { kind: 'done', value: marked.ts };
  const unmarked = own
    .filter(({ metadata }) => metadata?.event_type === undefined)
    .flatMap(({ ts }) => ts ?? [])
    .sort();
  for (const ts of unmarked) {
    if (!(await isOwned(ts))) return { kind: 'done', value: ts };
  }
  return { kind: 'done', value: undefined };
}
