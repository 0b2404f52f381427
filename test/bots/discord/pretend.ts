import { DiscordAPIError, HTTPError } from 'discord.js';
import type { Request } from '../../../bots/discord/wire.ts';

/** What happens to one request, besides or instead of its answer; `barred` bars the bot's own token for good. */
export type Mishap =
  | 'none'
  | 'before'
  | 'after'
  | 'broken'
  | 'not-found'
  | 'expire'
  | 'old'
  | 'archive'
  | 'barred';

type Posted = { id: string; components: { content?: string }[]; nonce?: string; gone: boolean };

/** As much of Discord's REST interface as one answer needs, in this process, failing as it is told. */
export function pretendDiscord(mishaps: readonly Mishap[]) {
  const messages: Posted[] = [];
  const left = [...mishaps];
  let expired = false;
  let archived = false;
  let barred = false;
  let ids = 0;
  const nextId = () => {
    ids += 1;
    return String(1_000_000_000_000_000_000n + BigInt(ids));
  };
  const shown = (message: Posted) => ({
    id: message.id,
    channel_id: '10',
    author: { id: '1', username: 'twin', bot: true },
    components: message.components.map((component) => ({ type: 10, ...component })),
  });
  const post = (body: Partial<Posted>) => {
    const same = messages.find(({ nonce }) => nonce !== undefined && nonce === body.nonce);
    if (same) return shown(same);
    const { components = [], nonce } = body;
    const message = {
      id: nextId(),
      components,
      gone: false,
      ...(nonce !== undefined && { nonce }),
    };
    messages.push(message);
    return shown(message);
  };

  const answer = (method: string, route: string, body: unknown): unknown => {
    const [, area, , part, inner] = route.split('/');
    if (area === 'webhooks') {
      if (expired) throw refusal(401, 50_027);
      if (method === 'POST') return post(body as Posted);
      const id = decodeURIComponent(route.split('/').at(-1) ?? '');
      return change(method, id === '@original' ? deferral.id : id, body);
    }
    if (part === undefined) {
      archived = false;
      return {};
    }
    if (method === 'GET') return messages.filter(({ gone }) => !gone).map(shown);
    if (archived && method !== 'DELETE') throw refusal(400, 50_083);
    if (method !== 'POST') return change(method, inner ?? '', body);
    if (barred) throw refusal(403, 50_013);
    return post(body as Posted);
  };
  const change = (method: string, id: string, body: unknown) => {
    const found = messages.find((message) => message.id === id && !message.gone);
    if (found === undefined) throw refusal(404, 10_008);
    if (method === 'DELETE') found.gone = true;
    else found.components = (body as Posted).components;
    return shown(found);
  };
  const deferral = { id: nextId(), components: [], gone: false };

  const request: Request = async ({ method, route, body }) => {
    const mishap = left.shift() ?? 'none';
    const through = route.startsWith('/webhooks/');
    if (mishap === 'before') throw new Error('socket hang up');
    if (mishap === 'broken') throw new HTTPError(502, 'Bad Gateway', method, route, {});
    if (mishap === 'expire') expired = true;
    if (mishap === 'archive') archived = true;
    if (mishap === 'barred') barred = true;
    if (mishap === 'not-found' && through) throw refusal(404, 10_015);
    if (mishap === 'old' && method === 'PATCH' && route.startsWith('/channels/10/messages/'))
      throw refusal(429, 30_046);
    const answered = answer(method, route, body);
    if (mishap === 'after') throw new Error('socket hang up');
    return structuredClone(answered);
  };
  return {
    request,
    /** A deferred answer is there from the beginning. */
    defer: () => {
      messages.push(deferral);
      return deferral.id;
    },
    /** All text that people see, message by message; what only holds a place is no text. */
    texts: () =>
      messages
        .filter(({ gone }) => !gone)
        .map(({ components }) => components.map(({ content }) => content ?? '').join(''))
        .filter((text) => text !== '' && text !== '…'),
  };
}

function refusal(status: number, code: number): DiscordAPIError {
  const url = 'https://discord.test/api';
  return new DiscordAPIError({ code, message: `refused with ${code}` }, code, status, 'POST', url, {
    files: undefined,
    body: undefined,
  });
}
