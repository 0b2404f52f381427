import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { bullBoardQueues } from '../../../pipelines/queues/redis/board.ts';
import { hasChromium, howToGetChromium, launch } from '../../bots/web/browser.ts';
import { contrast } from '../../bots/web/in-page.ts';
import { type RedisPlace, redisForTests } from '../../pipelines/queues/redis-place.ts';
import { hasRedis } from '../../servers/redis/server.ts';
import { bury, openStage, stateOf } from './stage.ts';

const token = '2f7c1e0a9b8d4c3e6f5a';
const hostile = '"><script>window.hacked=1</script><img src=x onerror="window.hacked=1">';

describe.skipIf(!hasChromium)(`the operator’s page in a browser (${howToGetChromium})`, () => {
  let browser: Browser;
  let stage: Awaited<ReturnType<typeof openStage>>;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterEach(() => stage.close());

  /** A page that notes whatever should not happen: scripts’ errors, dialogs, requests to elsewhere. */
  async function open(path = '/', options: BrowserContextOptions = {}) {
    const httpCredentials = { username: 'operator', password: token };
    const context = await browser.newContext({ httpCredentials, ...options });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('pageerror', (error) => trouble.push(`error ${error.message}`));
    page.on('dialog', (dialog) => {
      trouble.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('response', (response) => {
      if (!response.url().startsWith(stage.url)) trouble.push(`response ${response.url()}`);
    });
    await page.goto(stage.url + path);
    return { page, trouble };
  }

  const hacked = (page: Page) => page.evaluate('window.hacked');

  test('a dead job is retried with one press, and what it says is never run', async () => {
    stage = await openStage({ token });
    const id = await bury(stage.queues, 'collect', hostile, hostile);
    const { page, trouble } = await open();
    await page.getByText('after 1 of 5 tries').waitFor();
    await page.getByRole('button', { name: /^Retry: / }).click();
    await page.getByRole('status').getByText('Back in line').waitFor();
    expect(await stateOf(stage.queues, id)).toBe('waiting');
    await page.goto(`${stage.url}/jobs/${id}`);
    await page.getByRole('button', { name: /^Cancel: / }).click();
    await page.getByRole('status').getByText('Cancelled.').waitFor();
    expect(await hacked(page)).toBeUndefined();
    expect(trouble).toEqual([]);
  });

  test('a form on another page cannot press its buttons, though the browser knows the password', async () => {
    stage = await openStage({ token });
    const id = await bury(stage.queues, 'collect', 'key', 'Gone.');
    const { page } = await open();
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    const action = `${stage.url}/jobs/${id}/retry`;
    await page.goto(`data:text/html,<form method="post" action="${action}"><button>Win!</button>`);
    await page.getByRole('button').click();
    expect((await answered).status()).toBe(403);
    expect(await stateOf(stage.queues, id)).toBe('dead');
  });

  test.each(['light', 'dark'] as const)(
    'can be read in %s colours, also on a phone',
    async (colorScheme) => {
      stage = await openStage({ token });
      await bury(
        stage.queues,
        'collect',
        `https://ada.example/${'long'.repeat(60)}`,
        'Gone. '.repeat(40),
      );
      const { page } = await open('/', { colorScheme, viewport: { width: 375, height: 700 } });
      await page.getByText('after 1 of 5 tries').waitFor();
      expect(await page.evaluate(contrast)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    },
  );

  describe.skipIf(!hasRedis)('with bull-board', () => {
    let redis: RedisPlace;
    beforeAll(async () => {
      redis = await redisForTests();
    });
    afterAll(() => redis.stop());

    test('bull-board shows the queues under the same lock, without reaching elsewhere', async () => {
      const { prefix, clean } = redis.space();
      const { queues, close } = await bullBoardQueues({ url: redis.url, prefix });
      stage = await openStage({ token }, {}, () => queues);
      const { page, trouble } = await open('/queues/queue/collect');
      await page.getByText('features').first().waitFor();
      await vi.waitFor(async () => expect(await page.title()).toContain('Understudy'));
      expect(trouble).toEqual([]);
      for (const path of ['/queues', '/queues/api/queues', '/queues/static/favicon.ico']) {
        expect([path, (await stage.get(path)).status]).toEqual([path, 401]);
      }
      await close();
      await clean();
    });
  });
});
