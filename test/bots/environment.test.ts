import { describe, expect, test } from 'vitest';
import { readBotsEnvironment, readDiscord, readSlack } from '../../bots/environment.ts';
import type { InstallationStore } from '../../bots/slack/installations.ts';
import { PermanentError } from '../../pipelines/stores/errors.ts';

const store = (keys: readonly string[]) => ({ keys }) as unknown as InstallationStore;

const failure = (read: () => unknown): PermanentError => {
  try {
    read();
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('what all bots share', () => {
  test('has defaults, paths from the working directory, and 0 for no limit', () => {
    expect(readBotsEnvironment({})).toEqual({ limits: {} });
    const read = readBotsEnvironment(
      {
        UNDERSTUDY_ACCESS: 'access.yaml',
        UNDERSTUDY_PERSON_PER_MINUTE: '3',
        UNDERSTUDY_CHANNEL_PER_MINUTE: '0',
      },
      '/somewhere',
    );
    expect(read).toEqual({
      access: '/somewhere/access.yaml',
      limits: { personPerMinute: 3, channelPerMinute: null },
    });
  });

  test('names what is wrong and never its value', () => {
    const error = failure(() =>
      readSlack({ SLACK_BOT_TOKEN: 'xoxp-of-a-person', SLACK_APP_TOKEN: 'xapp-1' }, store),
    );
    expect(error.message).toContain('SLACK_BOT_TOKEN: does not look like a bot token (xoxb-…)');
    expect(error.message).not.toContain('of-a-person');
  });
});

describe('Slack', () => {
  const token = { SLACK_BOT_TOKEN: 'xoxb-1' };

  test('is off while nothing is set, also when it is set to nothing', () => {
    expect(readSlack({}, store)).toBeNull();
    expect(readSlack({ SLACK_BOT_TOKEN: '', SLACK_SHOW_TASKS: 'off' }, store)).toBeNull();
  });

  test('takes the socket where there is an app token, else HTTP', () => {
    expect(readSlack({ ...token, SLACK_APP_TOKEN: 'xapp-1' }, store)).toMatchObject({
      access: { kind: 'token', botToken: 'xoxb-1' },
      events: { kind: 'socket', appToken: 'xapp-1' },
    });
    const signed = { ...token, SLACK_SIGNING_SECRET: 'a secret of ours' };
    expect(readSlack(signed, store)).toMatchObject({ events: { kind: 'http', port: 3_000 } });
    expect(readSlack({ ...signed, SLACK_PORT: '0' }, store)).toMatchObject({
      events: { kind: 'http', port: 0 },
    });
  });

  test('serves several workspaces with a client id and all that goes with it', () => {
    const some = { SLACK_APP_TOKEN: 'xapp-1', SLACK_CLIENT_ID: '1.2', SLACK_CLIENT_SECRET: 's' };
    const error = failure(() => readSlack(some, store));
    expect(error.message).toContain('SLACK_STATE_SECRET, SLACK_ENCRYPTION_KEY');
    expect(error.message).not.toContain('SLACK_CLIENT_SECRET');
    const all = {
      ...some,
      SLACK_STATE_SECRET: 'sixteen letters!',
      SLACK_ENCRYPTION_KEY: 'new, old',
      SLACK_PUBLIC_URL: 'https://twin.example',
    };
    expect(readSlack(all, store)).toMatchObject({
      access: {
        kind: 'oauth',
        installations: { keys: ['new', 'old'] },
        port: 3_000,
        publicUrl: 'https://twin.example',
      },
    });
  });

  test.each([
    [token, 'SLACK_APP_TOKEN'],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, 'SLACK_BOT_TOKEN'],
  ])('says what is missing of %j', (variables, missing) => {
    const error = failure(() => readSlack(variables, store));
    expect(error.message).toContain(missing);
    expect(error.hint).toContain('Set');
  });
});

describe('Discord', () => {
  const both = { DISCORD_TOKEN: 'a.token.of.some.length', DISCORD_APPLICATION_ID: '123456' };

  test('is off while nothing is set', () => {
    expect(readDiscord({})).toBeNull();
  });

  test('takes the gateway, and HTTP where there is a public key', () => {
    expect(readDiscord(both)).toEqual({
      token: both.DISCORD_TOKEN,
      applicationId: '123456',
      messageContent: true,
      http: null,
      gateway: true,
    });
    const publicKey = 'ab'.repeat(32);
    expect(
      readDiscord({
        ...both,
        DISCORD_PUBLIC_KEY: publicKey,
        DISCORD_GATEWAY: 'off',
        DISCORD_MESSAGE_CONTENT: 'off',
      }),
    ).toMatchObject({ http: { publicKey, port: 3_001 }, gateway: false, messageContent: false });
  });

  test.each(['DISCORD_TOKEN', 'DISCORD_APPLICATION_ID'] as const)(
    'says that %s is missing',
    (name) => {
      const error = failure(() => readDiscord({ ...both, [name]: undefined }));
      expect(error.message).toContain(name);
    },
  );
});
