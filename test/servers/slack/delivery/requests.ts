import { createHmac } from 'node:crypto';
import type { Core } from '../core.ts';
import type { HttpControl } from '../types.ts';
import type { Attempt, Parcel, Transport } from './outbox.ts';

/** Signed requests to the app's own address: docs.slack.dev/apis/events-api and …/verifying-requests-from-slack. */
export type Requests = {
  readonly transport: Transport;
  readonly control: HttpControl;
};

type Body = { readonly type: string; readonly text: string };

export function openRequests(core: () => Core, requestUrl: () => string | undefined): Requests {
  return {
    transport: {
      via: 'http',
      send: (attempt) => {
        const url = requestUrl();
        if (url === undefined) return false;
        void deliver(core(), url, attempt);
        return true;
      },
    },
    control: {
      verifyUrl: async () => {
        const challenge = core().ids.hex(40);
        const body = json({ token: 'verification-token', challenge, type: 'url_verification' });
        const response = await request(core(), requestUrl() ?? '', body, {});
        const text = await response.text();
        return response.status === 200 && text.includes(challenge);
      },
      forge: async ({ event = {}, signature = 'wrong', ageS = 0 }) => {
        const body = json({ type: 'event_callback', event_id: core().ids.id('Ev'), event });
        const signed = signatureOf(core(), body.text, ageS);
        const forged: Record<string, string> = {
          wrong: `v0=${core().ids.hex(64)}`,
          missing: '',
          valid: signed['x-slack-signature'] ?? '',
        };
        const headers = { ...signed, 'x-slack-signature': forged[signature] ?? '' };
        const response = await send(requestUrl() ?? '', body, headers);
        await response.text();
        return response.status;
      },
    },
  };
}

async function deliver(core: Core, url: string, attempt: Attempt): Promise<void> {
  const { parcel } = attempt;
  const retry: Record<string, string> =
    parcel.attempt === 0
      ? {}
      : { 'x-slack-retry-num': `${parcel.attempt}`, 'x-slack-retry-reason': parcel.reason ?? '' };
  try {
    const response = await request(core, url, bodyOf(parcel), retry);
    const text = await response.text();
    if (!response.ok) {
      attempt.lost('http_error', true);
    } else if (parcel.type === 'events_api') {
      attempt.acknowledged(undefined);
    } else {
      attempt.acknowledged(payloadOf(text));
    }
  } catch {
    attempt.lost('connection_failed', false);
  }
}

function request(core: Core, url: string, body: Body, extra: Readonly<Record<string, string>>) {
  return send(url, body, { ...signatureOf(core, body.text, 0), ...extra });
}

function send(url: string, body: Body, headers: Readonly<Record<string, string>>) {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': body.type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      ...headers,
    },
    body: body.text,
  });
}

function signatureOf(core: Core, text: string, ageS: number): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1_000) - ageS;
  const digest = createHmac('sha256', core.app.signingSecret)
    .update(`v0:${timestamp}:${text}`)
    .digest('hex');
  return { 'x-slack-request-timestamp': `${timestamp}`, 'x-slack-signature': `v0=${digest}` };
}

function bodyOf(parcel: Parcel): Body {
  if (parcel.type === 'events_api') return json(parcel.payload);
  const fields =
    parcel.type === 'slash_commands'
      ? Object.entries(parcel.payload).map(([key, value]) => [key, String(value)])
      : [['payload', JSON.stringify(parcel.payload)]];
  return {
    type: 'application/x-www-form-urlencoded',
    text: new URLSearchParams(fields as [string, string][]).toString(),
  };
}

function json(value: unknown): Body {
  return { type: 'application/json', text: JSON.stringify(value) };
}

/** An acknowledgement's payload: JSON, or the plain text of a command's answer. */
function payloadOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' ? parsed : { text };
  } catch {
    return { text };
  }
}
