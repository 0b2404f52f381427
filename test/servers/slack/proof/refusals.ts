import { expect } from 'vitest';
import { errorOf, plainClient } from '../bolt.ts';
import { type SlackServer, startSlackServer } from '../server.ts';

export type Args = Record<string, unknown>;

/** A call that Slack refuses. The violation has the error's name; null: it is nobody's mistake. */
export type Case = readonly [
  what: string,
  method: string,
  args: Args | ((stage: Stage) => Args | Promise<Args>),
  error: string,
  violation?: string | null,
];

/** A server, a client, and how to bring about what a call is about. */
export type Stage = {
  readonly slack: SlackServer;
  readonly client: ReturnType<typeof plainClient>;
  asked(): { readonly channel: string; readonly ts: string };
  posted(): Promise<{ readonly channel: string; readonly ts: string }>;
  streaming(more?: Args): Promise<{ readonly channel: string; readonly ts: string }>;
};

export async function openStage(): Promise<Stage> {
  const slack = await startSlackServer({
    teams: [
      {
        id: 'T1',
        channels: [
          { id: 'C1' },
          { id: 'C2', bot: false },
          { id: 'C3', archived: true },
          { id: 'G1', kind: 'private', bot: false },
        ],
      },
    ],
  });
  const client = plainClient(slack);
  const asked = () => slack.workspace.user('U1').says({ channel: 'C1', text: 'a question' });
  return {
    slack,
    client,
    asked,
    posted: async () => {
      const { ts = '' } = await client.chat.postMessage({ channel: 'C1', text: 'x' });
      return { channel: 'C1', ts };
    },
    streaming: async (more = {}) => {
      const to = { recipient_team_id: 'T1', recipient_user_id: 'U1' };
      const args = { channel: 'C1', thread_ts: asked().ts, ...to, ...more };
      const { ts = '' } = await client.chat.startStream(args);
      return { channel: 'C1', ts };
    },
  };
}

/** Makes the call, and looks at Slack's answer and at what was recorded. */
export async function expectRefusal(
  stage: Stage,
  [, method, args, error, violation = error]: Case,
): Promise<void> {
  const given = typeof args === 'function' ? await args(stage) : args;
  const before = stage.slack.violations.length;
  expect(await errorOf(stage.client.apiCall(method, given))).toBe(error);
  const recorded = stage.slack.violations.slice(before).map(({ code, where }) => ({ code, where }));
  expect(recorded).toEqual(violation === null ? [] : [{ code: violation, where: method }]);
}

/** Cases for `it.each`, by name. */
export function named<One extends readonly [string, ...unknown[]]>(cases: readonly One[]) {
  return cases.map((one) => ({ what: one[0], one }));
}

export const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
export const plainText = (words: string) => ({ type: 'plain_text', text: words });
export const section = (words: string, more: Args = {}) => ({
  type: 'section',
  text: { type: 'mrkdwn', text: words },
  ...more,
});
export const button = (more: Args = {}) => ({ type: 'button', text: plainText('Press'), ...more });
export const rating = (label: string) => ({ text: plainText(label), value: label });
export const feedback = (more: Args = {}) => ({
  type: 'feedback_buttons',
  positive_button: rating('Good'),
  negative_button: rating('Bad'),
  ...more,
});
