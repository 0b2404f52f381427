import type { Core } from '../core.ts';
import { emit } from '../events.ts';
import { createMessage, place } from '../messages.ts';
import type { Channel, Team } from '../team.ts';

type Thread = { readonly channel: string; readonly thread_ts: string };

/** Opens the assistant pane: a new thread in the direct message, begun by Slack in the bot's name. */
export function openAssistant(
  core: Core,
  team: Team,
  user: string,
  dm: Channel,
  looksAt: string | undefined,
): Thread {
  const root = createMessage(core, dm.id, {
    user: team.bot.user,
    bot_id: team.bot.id,
    text: 'New Assistant Thread',
    subtype: 'assistant_app_thread',
  });
  root.thread_ts = root.ts;
  place(dm, root);
  team.assistantThreads.add(`${dm.id}:${root.ts}`);
  const thread = { channel: dm.id, thread_ts: root.ts };
  tell(core, team, user, 'assistant_thread_started', thread, looksAt);
  return thread;
}

export function lookAt(
  core: Core,
  team: Team,
  user: string,
  thread: Thread,
  channel: string,
): void {
  tell(core, team, user, 'assistant_thread_context_changed', thread, channel);
}

function tell(
  core: Core,
  team: Team,
  user: string,
  type: 'assistant_thread_started' | 'assistant_thread_context_changed',
  thread: Thread,
  looksAt: string | undefined,
): void {
  const context =
    looksAt === undefined ? {} : { channel_id: looksAt, team_id: team.id, enterprise_id: null };
  emit(core, team, type, {
    type,
    assistant_thread: {
      user_id: user,
      context,
      channel_id: thread.channel,
      thread_ts: thread.thread_ts,
    },
    event_ts: core.ids.ts(),
  });
}
