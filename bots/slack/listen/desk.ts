import { z } from 'zod';
import type { Channel } from '../../conversation/channel.ts';
import type { Person } from '../../conversation/message.ts';
import type { BotPorts } from '../../ports.ts';
import { type Say, stringsFor } from '../../strings/strings.ts';
import type { SlackTimings } from '../config.ts';
import type { People } from '../people.ts';
import type { TellPorts } from '../show/tell.ts';
import type { Workspace, Workspaces } from '../web/workspaces.ts';

/** What everything that listens to Slack shares. */
export type Desk = Pick<BotPorts, 'conversation' | 'knowledge' | 'recentFeedback' | 'log'> & {
  readonly channel: Channel;
  readonly people: People;
  readonly workspaces: Workspaces;
  readonly timings: SlackTimings;
  readonly tell: TellPorts;
  /** Whether the bot serves several workspaces, which must not see anything of each other. */
  readonly shared: boolean;
  /** Lets work run; resolves when it ended, also when it failed, which is logged. Most do not wait for it. */
  run(what: string, work: () => Promise<unknown>): Promise<void>;
  /** Takes work in the order in which it came, by key; resolves when that piece is done. */
  inOrder(key: string, work: () => Promise<void>): Promise<void>;
};

/** For which installation of the app something arrived. */
export type Origin = { readonly team: string; readonly enterprise: string | null };

const contextSchema = z.object({
  teamId: z.string(),
  enterpriseId: z.string().nullish(),
});

/** @throws ZodError for what belongs to no workspace. */
export function originOf(context: unknown): Origin {
  const { teamId, enterpriseId } = contextSchema.parse(context);
  return { team: teamId, enterprise: enterpriseId ?? null };
}

export const workspaceOf = ({ workspaces }: Desk, { team, enterprise }: Origin) =>
  workspaces.of(team, enterprise);

/** Somebody as the conversation knows people, and how to speak to them. */
export async function personOf(
  { people }: Desk,
  { client, team }: Pick<Workspace, 'client' | 'team'>,
  id: string,
): Promise<{ readonly person: Person; readonly say: Say; readonly name: string | null }> {
  const [known, roles] = await Promise.all([
    people.person(client, team, id),
    people.groups(client, team, id),
  ]);
  return {
    person: { id, roles, locale: known.locale, bot: known.bot },
    say: stringsFor(known.locale),
    name: known.name,
  };
}
