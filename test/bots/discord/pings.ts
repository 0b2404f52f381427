import type { DiscordServer } from '../../servers/discord/server.ts';

/** Whom the twin pinged, by any message that it ever sent. */
export function pinged(discord: DiscordServer): readonly string[] {
  const sent = discord.requests.flatMap(({ body }) => bodiesIn(body));
  return sent.flatMap(({ allowed_mentions: allowed }) => [
    ...(allowed?.parse ?? ['everything']),
    ...(allowed?.users ?? []),
    ...(allowed?.roles ?? []),
    ...(allowed?.replied_user ? ['replied user'] : []),
  ]);
}

type Sent = {
  readonly components?: unknown;
  readonly custom_id?: unknown;
  readonly allowed_mentions?: {
    readonly parse?: readonly string[];
    readonly users?: readonly string[];
    readonly roles?: readonly string[];
    readonly replied_user?: boolean;
  };
};

/** The messages in a request: itself, or inside an interaction's answer; forms are no messages. */
function bodiesIn(body: unknown): readonly Sent[] {
  if (typeof body !== 'object' || body === null) return [];
  const sent = ('data' in body ? body.data : body) as Sent | null;
  return sent?.components !== undefined && sent.custom_id === undefined ? [sent] : [];
}
