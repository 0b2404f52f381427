import { z } from 'zod';
import { issuesOf } from './blocks/check.ts';
import { type Core, mistake, Refusal, refusal } from './core.ts';
import { createMessage, noteVersion, post, remove, rewrite, withIds } from './messages.ts';
import type { Channel, StoredMessage, Team } from './team.ts';
import { checkContent, threadOf } from './web-api/content.ts';

/** Where an interaction may be answered: five times in half an hour. */
export type ResponseUrls = {
  issue(origin: Origin): string;
  /** Applies what was posted to it. Throws what Slack answers otherwise. */
  answer(core: Core, id: string, body: unknown): void;
};

export type Origin = {
  readonly team: Team;
  readonly user: string;
  readonly channel: Channel;
  /** The message that the person pressed something in. */
  readonly message?: StoredMessage | undefined;
};

const MOST_USES = 5;
const LIFETIME_MS = 30 * 60_000;
const MOST_TEXT = 40_000;

const responded = z.strictObject({
  text: z.string().optional(),
  blocks: z.array(z.unknown()).optional(),
  attachments: z.array(z.unknown()).optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
  mrkdwn: z.boolean().optional(),
  parse: z.enum(['none', 'full']).optional(),
  link_names: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  metadata: z.unknown().optional(),
});

export function openResponseUrls(hex: (digits: number) => string, url: () => string): ResponseUrls {
  const issued = new Map<string, { origin: Origin; uses: number; atMs: number }>();
  return {
    issue: (origin) => {
      const id = hex(24);
      issued.set(id, { origin, uses: 0, atMs: performance.now() });
      return `${url()}/actions/${origin.team.id}/${id}`;
    },
    answer: (core, id, body) => {
      const known = issued.get(id);
      if (known === undefined) throw mistake('invalid_url');
      if (performance.now() - known.atMs > LIFETIME_MS) throw refusal('expired_url');
      if (known.uses >= MOST_USES) throw mistake('used_url', `at most ${MOST_USES} uses`);
      known.uses += 1;
      respond(core, known.origin, body);
    },
  };
}

/** Applies an answer to an interaction, whether it came to a response URL or with the acknowledgement. */
export function respond(core: Core, origin: Origin, body: unknown): void {
  const parsed = responded.safeParse(body);
  if (!parsed.success) {
    const messages = issuesOf(parsed.error, '').map((one) => `[ERROR] ${one}`);
    throw new Refusal('invalid_payload', { mistake: true, messages });
  }
  const { data } = parsed;
  const { team, channel, message: original, user } = origin;
  if (data.delete_original === true || data.replace_original === true) {
    if (original === undefined) throw mistake('no_original', 'there is no message to replace');
    if (data.delete_original === true) {
      withdraw(core, team, channel, original);
      return;
    }
    const said = checkContent(data, MOST_TEXT);
    replace(core, team, channel, original, said);
    return;
  }
  const said = checkContent(data, MOST_TEXT);
  const draft = {
    ...said,
    user: team.bot.user,
    bot_id: team.bot.id,
    thread_ts: threadOf(channel, data.thread_ts, (message) =>
      core.violate('reply_to_reply', 'response_url', message),
    ),
    unfurl_links: data.unfurl_links,
    unfurl_media: data.unfurl_media,
  };
  if (data.response_type === 'in_channel') {
    post(core, team, channel, draft);
  } else {
    team.ephemerals.push(createMessage(core, channel.id, { ...draft, ephemeralTo: user }));
    core.changes.changed();
  }
}

function withdraw(core: Core, team: Team, channel: Channel, original: StoredMessage): void {
  if (original.ephemeralTo === undefined) {
    remove(core, team, channel, original);
  } else {
    original.deleted = true;
    noteVersion(core, original, 'delete');
  }
}

function replace(
  core: Core,
  team: Team,
  channel: Channel,
  original: StoredMessage,
  said: ReturnType<typeof checkContent>,
): void {
  const change = (it: StoredMessage): void => {
    it.text = said.text;
    it.blocks = said.blocks ?? [];
    it.attachments = said.attachments ?? [];
  };
  if (original.ephemeralTo === undefined) {
    rewrite(core, team, channel, original, change);
  } else {
    change(original);
    original.blocks = withIds(core, original.blocks);
    noteVersion(core, original, 'update');
  }
}
