import type { Collection, Document, ResumeToken } from 'mongodb';
import { z } from 'zod';
import { attempt } from '../../mongo/failure.ts';

/** How far a follower has come in the stream of changes. */
export type StoredFollower = {
  /** The follower's name. */
  readonly _id: string;
  /** The server's own document, kept whole: what is in it is for the server alone to know. */
  readonly token: Document;
  readonly savedAt: Date;
};

const tokenSchema = z.object({ token: z.record(z.string(), z.unknown()) });

/** Undefined when there is none, or none that could be one. */
export async function savedToken(
  followers: Collection<StoredFollower>,
  name: string,
): Promise<ResumeToken | undefined> {
  const found = await attempt('read how far a follower has come', () =>
    followers.findOne({ _id: name }),
  );
  return tokenSchema.safeParse(found).data?.token;
}

export async function saveToken(
  followers: Collection<StoredFollower>,
  name: string,
  token: ResumeToken,
): Promise<void> {
  const $set = { token: token as Document, savedAt: new Date() };
  await attempt('keep how far a follower has come', () =>
    followers.updateOne({ _id: name }, { $set }, { upsert: true }),
  );
}
