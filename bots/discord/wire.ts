import { setTimeout as sleep } from 'node:timers/promises';
import { type REST, Routes } from 'discord.js';
import type { z } from 'zod';
import { RefusedAfterDoubt, type Trouble, troubleOf } from './failure.ts';
import { channelSchema, type RawChannel } from './payloads/channel.ts';
import {
  memberSchema,
  messageSchema,
  type RawMember,
  type RawMessage,
} from './payloads/message.ts';

/** One request to Discord's REST interface, as discord.js makes it: rate limits are waited for inside. */
export type Request = (what: {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly route: `/${string}`;
  readonly body?: unknown;
  readonly query?: URLSearchParams;
  /** False for what an interaction's token authorises: a 401 there must not cost us the bot's own token. */
  readonly auth?: boolean;
}) => Promise<unknown>;

/** An interaction's token, which writes where the interaction happened. */
export type Token = { readonly application: string; readonly token: string };

export type Body = Readonly<Record<string, unknown>>;

/**
 * The requests the bot makes. Each may be made twice without anything happening twice: edits are idempotent,
 * messages carry an enforced nonce, and an interaction is acknowledged once. So each is made again when
 * nobody can know whether it arrived. `followUp` alone is not, and says so.
 */
export type Wire = {
  createMessage(channel: string, body: Body & { readonly nonce: string }): Promise<RawMessage>;
  editMessage(channel: string, message: string, body: Body): Promise<RawMessage>;
  deleteMessage(channel: string, message: string): Promise<void>;
  message(channel: string, message: string): Promise<RawMessage>;
  /** Newest first, as Discord has them; at most 100. */
  messages(
    channel: string,
    range?: { readonly before?: string; readonly after?: string; readonly limit?: number },
  ): Promise<readonly RawMessage[]>;
  channel(channel: string): Promise<RawChannel>;
  /** Undefined for who has left. */
  member(guild: string, user: string): Promise<RawMember | undefined>;
  /** The thread under a message; one that is there already is as good. Returns its id. */
  openThread(channel: string, message: string, name: string): Promise<string>;
  unarchive(thread: string): Promise<void>;
  typing(channel: string): Promise<void>;
  /** The channel of direct messages with a person. */
  direct(person: string): Promise<string>;
  /** Resolves with the id of the message that the answer stands in, where there is one. */
  acknowledge(interaction: string, token: string, response: Body): Promise<string | null>;
  /** `message`: an id, or `@original`. */
  editThrough(token: Token, message: string, body: Body): Promise<RawMessage>;
  messageThrough(token: Token, message: string): Promise<RawMessage>;
  deleteThrough(token: Token, message: string): Promise<void>;
  /** May post twice when the connection breaks: so never with text that must stand once. */
  followUp(token: Token, body: Body): Promise<RawMessage>;
};

/** How often a request is made before its failure is believed. */
const patience: ReadonlyMap<Trouble, number> = new Map([
  ['transient', 5],
  ['doubted', 3],
]);

export function openWire(request: Request, retryMs: number): Wire {
  const call: Request = async (what) => {
    let inDoubt = false;
    for (let failed = 1; ; failed += 1) {
      try {
        return await request(what);
      } catch (error) {
        const trouble = troubleOf(error);
        const isLast = failed >= (patience.get(trouble) ?? 1);
        if (isLast && inDoubt && trouble !== 'transient') throw new RefusedAfterDoubt(error);
        if (isLast) throw error;
        inDoubt ||= trouble === 'transient';
        await sleep(retryMs * 2 ** (failed - 1) * (0.5 + Math.random()));
      }
    }
  };
  const asked = async <T>(schema: z.ZodType<T>, what: Parameters<Request>[0]) =>
    schema.parse(await call(what));
  return {
    createMessage: (channel, body) =>
      asked(messageSchema, {
        method: 'POST',
        route: Routes.channelMessages(channel),
        body: { ...body, enforce_nonce: true },
      }),
    editMessage: (channel, message, body) =>
      asked(messageSchema, {
        method: 'PATCH',
        route: Routes.channelMessage(channel, message),
        body,
      }),
    async deleteMessage(channel, message) {
      await call({ method: 'DELETE', route: Routes.channelMessage(channel, message) });
    },
    message: (channel, message) =>
      asked(messageSchema, { method: 'GET', route: Routes.channelMessage(channel, message) }),
    messages: (channel, { limit = 100, ...range } = {}) =>
      asked(messageSchema.array(), {
        method: 'GET',
        route: Routes.channelMessages(channel),
        query: new URLSearchParams({ ...range, limit: String(limit) }),
      }),
    async member(guild, user) {
      try {
        return await asked(memberSchema, { method: 'GET', route: Routes.guildMember(guild, user) });
      } catch (error) {
        if (troubleOf(error) === 'transient') throw error;
        return undefined;
      }
    },
    channel: (channel) => asked(channelSchema, { method: 'GET', route: Routes.channel(channel) }),
    messageThrough: ({ application, token }, message) =>
      asked(messageSchema, {
        method: 'GET',
        route: Routes.webhookMessage(application, token, message),
        auth: false,
      }),
    async openThread(channel, message, name) {
      try {
        const route = Routes.threads(channel, message);
        const thread = await asked(channelSchema, { method: 'POST', route, body: { name } });
        return thread.id;
      } catch (error) {
        // A thread under a message has the message's id.
        if (troubleOf(error) === 'thread-exists') return message;
        throw error;
      }
    },
    async unarchive(thread) {
      await call({ method: 'PATCH', route: Routes.channel(thread), body: { archived: false } });
    },
    async typing(channel) {
      await request({ method: 'POST', route: Routes.channelTyping(channel) });
    },
    async direct(person) {
      const route = Routes.userChannels();
      const body = { recipient_id: person };
      return (await asked(channelSchema, { method: 'POST', route, body })).id;
    },
    async acknowledge(interaction, token, response) {
      const answer = await call({
        method: 'POST',
        route: Routes.interactionCallback(interaction, token),
        query: new URLSearchParams({ with_response: 'true' }),
        body: response,
        auth: false,
      });
      const id = (answer as Acknowledged | undefined)?.interaction?.response_message_id;
      return id ?? null;
    },
    editThrough: ({ application, token }, message, body) =>
      asked(messageSchema, {
        method: 'PATCH',
        route: Routes.webhookMessage(application, token, message),
        body,
        auth: false,
      }),
    async deleteThrough({ application, token }, message) {
      const route = Routes.webhookMessage(application, token, message);
      await call({ method: 'DELETE', route, auth: false });
    },
    followUp: ({ application, token }, body) =>
      asked(messageSchema, {
        method: 'POST',
        route: Routes.webhook(application, token),
        query: new URLSearchParams({ wait: 'true' }),
        body,
        auth: false,
      }),
  };
}

type Acknowledged = { readonly interaction?: { readonly response_message_id?: string } };

/** What an interaction's token authorises does not count towards the bot's fifty requests a second. */
export function requestOver(rest: REST, through: REST): Request {
  return ({ method, route, body, query, auth }) =>
    (auth === false ? through : rest).request({
      method: method as Parameters<REST['request']>[0]['method'],
      fullRoute: route,
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query }),
      ...(auth === undefined ? {} : { auth }),
    });
}
