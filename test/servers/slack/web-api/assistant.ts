import { z } from 'zod';
import { mistake } from '../core.ts';
import { type Channel, channelToWrite, type Team } from '../team.ts';
import { json, ts } from './args.ts';
import { mayDress } from './chat.ts';
import { method } from './method.ts';

const prompts = json.pipe(
  z
    .array(z.strictObject({ title: z.string().min(1), message: z.string().min(1) }))
    .min(1)
    .max(4),
);

export const assistantMethods = {
  'assistant.threads.setStatus': method({
    tier: 4,
    scopes: ['chat:write', 'assistant:write'],
    args: {
      channel_id: z.string(),
      thread_ts: ts,
      status: z.string(),
      loading_messages: json.pipe(z.array(z.string().min(1)).min(1).max(10)).optional(),
      icon_emoji: z.string().optional(),
      icon_url: z.string().optional(),
      username: z.string().optional(),
    },
    run: (args, { core, team }) => {
      mayDress(args, team);
      const channel = thread(team, args.channel_id, args.thread_ts);
      team.statuses.push({
        channel: channel.id,
        thread_ts: args.thread_ts,
        status: args.status,
        loadingMessages: args.loading_messages ?? [],
        atMs: performance.now(),
      });
      const key = `${channel.id}:${args.thread_ts}`;
      if (args.status === '') team.shownStatus.delete(key);
      else team.shownStatus.set(key, args.status);
      core.changes.changed();
      return {};
    },
  }),
  'assistant.threads.setSuggestedPrompts': method({
    tier: 4,
    scopes: ['assistant:write'],
    args: {
      channel_id: z.string(),
      thread_ts: ts.optional(),
      title: z.string().optional(),
      prompts,
    },
    run: (args, { core, team }) => {
      if (args.thread_ts !== undefined) assistantThread(team, args.channel_id, args.thread_ts);
      team.prompts.push({
        channel: args.channel_id,
        thread_ts: args.thread_ts,
        title: args.title,
        prompts: args.prompts,
      });
      core.changes.changed();
      return {};
    },
  }),
  'assistant.threads.setTitle': method({
    tier: 4,
    scopes: ['assistant:write'],
    args: { channel_id: z.string(), thread_ts: ts, title: z.string().min(1).max(255) },
    run: (args, { core, team }) => {
      assistantThread(team, args.channel_id, args.thread_ts);
      team.titles.push({
        channel: args.channel_id,
        thread_ts: args.thread_ts,
        title: args.title,
      });
      core.changes.changed();
      return {};
    },
  }),
};

function thread(team: Team, channelId: string, threadTs: string): Channel {
  const channel = channelToWrite(team, channelId);
  if (!channel.byTs.has(threadTs)) throw mistake('invalid_thread_ts', `no message ${threadTs}`);
  return channel;
}

function assistantThread(team: Team, channelId: string, threadTs: string): Channel {
  const channel = thread(team, channelId, threadTs);
  if (!team.assistantThreads.has(`${channel.id}:${threadTs}`)) {
    throw mistake('invalid_thread_ts', `${threadTs} is no assistant thread`);
  }
  return channel;
}
