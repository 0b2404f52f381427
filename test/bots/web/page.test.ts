import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Playground, startPlayground } from '../../../bots/web/server.ts';
import { openTestTwin, type TestTwin } from '../twin.ts';
import { hasChromium, howToGetChromium, launch } from './browser.ts';
import { contrast, marksInView } from './in-page.ts';

const hostile = `# Hostile <img src=x onerror="window.hacked=1">

The hostile password is swordfish <script>window.hacked=1</script> in any case.

<svg onload="window.hacked=1"><style>*{display:none}</style>

![pixel](https://evil.example/pixel.png) [click me](javascript:window.hacked=1) https://evil.example/auto

<iframe src="https://evil.example/"></iframe>
`;

const writings = [
  {
    title: 'Backups of the twin',
    publishedAt: '2026-05-05T00:00:00Z',
    content: `# Backups of the twin\n\n${'Some words that stand before the passage and fill the page.\n\n'.repeat(120)}## While it is running\n\nDo not copy a live database with cp. Use the backup command of sqlite3 instead.\n\n\`\`\`sh\nsqlite3 understudy.db ".backup copy.db"\n\`\`\`\n\n## Restore\n\nMove the damaged folder aside before you restore the backup.`,
  },
  {
    title: 'A table of ports',
    content:
      'The playground takes a free port.\n\n| port | use | a rather long column heading to make it wide | and one more |\n|---|---|---|---|\n| 4000 | playground tunnel | unbreakable_unbreakable_unbreakable_unbreakable | more |',
  },
  { title: 'Hostile <script>window.hacked=1</script>', author: '<b>Mallory</b>', content: hostile },
];

describe.skipIf(!hasChromium)(`the page in a real browser (${howToGetChromium})`, () => {
  let twin: TestTwin;
  let playground: Playground;
  let browser: Browser;

  beforeAll(async () => {
    [twin, browser] = await Promise.all([openTestTwin(writings), launch()]);
    playground = await startPlayground(twin, { port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await browser?.close();
    await playground?.close();
    await twin?.close();
  });

  /** A page that notes whatever should not happen: scripts' errors, dialogs, requests to elsewhere. */
  async function open(
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; trouble: string[] }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('pageerror', (error) => trouble.push(`error ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') trouble.push(`console ${message.text()}`);
    });
    page.on('dialog', (dialog) => {
      trouble.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(playground.url)) trouble.push(`request ${request.url()}`);
    });
    await page.goto(playground.url);
    await page.getByText('documents', { exact: false }).first().waitFor();
    return { page, trouble };
  }

  async function ask(page: Page, question: string): Promise<void> {
    await page.getByLabel('Your question').fill(question);
    await page.keyboard.press('Enter');
    await page
      .locator('.exchange')
      .last()
      .getByRole('group', { name: 'Was this a good answer?' })
      .waitFor();
  }

  const backup = 'What should I use instead of cp to copy a live database?';

  test('a question is answered with citations that open the passage, and feedback is kept', async () => {
    const { page, trouble } = await open();
    await ask(page, backup);
    const answer = page.locator('.exchange .answer');
    expect(await answer.textContent()).toContain('Use the backup command of sqlite3 instead.');
    expect(await page.getByRole('region', { name: 'Sources' }).textContent()).toContain(
      'Backups of the twin',
    );

    await answer.locator('[data-cite]').first().click();
    const panel = page.getByRole('dialog', { name: 'Backups of the twin' });
    const passage = panel.locator('.cited', { hasText: 'Do not copy a live database' });
    await passage.waitFor();
    const inView = await page.evaluate<boolean>(marksInView('Do not copy a live database'));
    expect(inView).toBe(true);
    await page.keyboard.press('Escape');
    await expect
      .poll(() => page.evaluate<string>(`document.activeElement?.getAttribute('data-cite')`))
      .toBe('1');

    await page.getByRole('button', { name: 'Bad answer' }).click();
    await page.getByLabel('What was wrong?').fill('too short');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('thank you').waitFor();
    expect((await twin.traces.recentFeedback(1))[0]).toMatchObject({
      value: 'down',
      reason: 'too short',
      trace: (await twin.traces.traces({ limit: 1 }))[0]?.id,
    });
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('a follow-up belongs to its thread, a new thread begins anew', async () => {
    const { page } = await open();
    await ask(page, backup);
    await ask(page, 'And how do I restore it?');
    const [second, first] = await twin.traces.traces({ limit: 2 });
    expect(second?.thread).toBe(first?.thread);
    expect(await page.locator('.exchange').count()).toBe(2);
    await page.getByRole('button', { name: 'New thread' }).click();
    expect(await page.locator('.exchange').count()).toBe(0);
    await ask(page, backup);
    expect((await twin.traces.traces({ limit: 1 }))[0]?.thread).not.toBe(first?.thread);
    await page.context().close();
  });

  test('neither a hostile document nor a hostile question can run or load anything', async () => {
    const { page, trouble } = await open();
    await ask(
      page,
      'hostile password swordfish <img src=x onerror="window.hacked=1"><script>window.hacked=1</script>',
    );
    const exchange = page.locator('.exchange');
    expect(await exchange.getByRole('heading', { level: 2 }).textContent()).toContain('<img src=x');
    await exchange
      .getByRole('button', { name: /Hostile/u })
      .first()
      .click();
    await page.locator('#document-text p').first().waitFor();
    expect(await page.locator('#document-text').textContent()).toContain('swordfish');
    const hrefs = await page
      .locator('#document-text a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(hrefs.every((href) => href === null || href.startsWith('https://'))).toBe(true);
    expect(await page.locator('#document-text :is(img,svg,script,style,iframe)').count()).toBe(0);
    expect(await page.evaluate<boolean>(`'hacked' in window`)).toBe(false);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test('everything can be done from the keyboard', async () => {
    const { page } = await open();
    const focused = () => page.evaluate<string>(`document.activeElement?.id ?? ''`);
    expect(await focused()).toBe('question');
    await page.keyboard.type(backup);
    await page.keyboard.press('Enter');
    await page.getByRole('group', { name: 'Was this a good answer?' }).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Control+k');
    expect(await focused()).toBe('question');
    // Backwards from the question: why, thumbs, sources, citations.
    const reached = new Set<string>();
    for (let step = 0; step < 14; step += 1) {
      await page.keyboard.press('Shift+Tab');
      reached.add(
        await page.evaluate<string>(
          `document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? ''`,
        ),
      );
      if (await page.evaluate<boolean>(`document.activeElement?.hasAttribute('data-cite')`)) break;
    }
    expect([...reached]).toEqual(
      expect.arrayContaining(['Why these passages', 'Good answer', 'Bad answer']),
    );
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    expect(await focused()).toBe('question');
    await page.context().close();
  });

  test('a stop ends the answer and says so', async () => {
    const slow = await openTestTwin(writings.slice(0, 1), (answering) => ({
      ...answering,
      model: {
        name: 'slow',
        async *stream() {
          yield { type: 'text', text: 'It begins', citations: [1] };
          await new Promise(() => {});
        },
      },
    }));
    const other = await startPlayground(slow, { port: 0, host: '127.0.0.1' });
    const page = await browser.newPage();
    await page.goto(other.url);
    await page.getByLabel('Your question').fill(backup);
    await page.keyboard.press('Enter');
    await page.getByText('It begins').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped here').waitFor();
    await expect
      .poll(async () => (await slow.traces.traces({ limit: 1 }))[0]?.outcome)
      .toBe('cancelled');
    await page.close();
    await other.close();
    await slow.close();
  });

  test('who asks too often is told when to come back, in their language, and nothing looks broken', async () => {
    const limits = { personPerMinute: 1, channelPerMinute: null, local: true };
    const strict = await openTestTwin(writings.slice(0, 1), undefined, { limits });
    const other = await startPlayground(strict, { port: 0, host: '127.0.0.1' });
    const context = await browser.newContext({ locale: 'de-DE' });
    const page = await context.newPage();
    await page.goto(other.url);
    for (const words of [backup, 'And how do I restore it?']) {
      await page.getByLabel('Your question').fill(words);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
    }
    await page.locator('.stage', { hasText: /\d+ Sekunden?/u }).waitFor();
    expect(await page.locator('.failure').count()).toBe(0);
    await context.close();
    await other.close();
    await strict.close();
  });

  test('an empty corpus says what to do, and the page notices when it fills', async () => {
    const empty = await openTestTwin([]);
    const other = await startPlayground(empty, { port: 0, host: '127.0.0.1' });
    const page = await browser.newPage();
    await page.goto(other.url);
    await page.getByText('npm start -- ./my-posts').waitFor();
    await empty.add({ title: 'The first post', content: 'Hello, these are the first words.' });
    await page.getByText('1 document · 1 passage').waitFor();
    await page.getByText('npm start -- ./my-posts').waitFor({ state: 'hidden' });
    await page.close();
    await other.close();
    await empty.close();
  });

  test.each([
    ['a phone', { viewport: { width: 360, height: 740 } }],
    [
      'a phone in the dark',
      { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const },
    ],
    ['a wide screen', { viewport: { width: 1440, height: 900 } }],
  ])('fits %s without scrolling sideways', async (_name, options) => {
    const { page } = await open(options);
    await ask(page, 'Which port does the playground take? Give me the table of ports.');
    await page.getByText('Why these passages').click();
    await page.locator('[data-cite]').first().click();
    await page.locator('#document-text .cited').first().waitFor();
    const [wide, room, panel] = await page.evaluate<number[]>(
      `[document.documentElement.scrollWidth, innerWidth, document.getElementById('document-text').scrollWidth]`,
    );
    expect(wide).toBeLessThanOrEqual(room ?? 0);
    expect(panel).toBeLessThanOrEqual(room ?? 0);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)(
    'text stands out from its ground in %s (WCAG AA)',
    async (colorScheme) => {
      const { page } = await open({ colorScheme });
      await ask(page, backup);
      const weak = await page.evaluate<string[]>(contrast);
      expect(weak).toEqual([]);
      await page.context().close();
    },
  );

  test('a screen reader finds landmarks, names and one calm announcement', async () => {
    const { page } = await open();
    await ask(page, backup);
    const tree = await page.locator('body').ariaSnapshot();
    for (const part of [
      'banner',
      'main',
      'form "Ask a question"',
      'textbox "Your question"',
      'region "Conversation"',
      'heading "What should I use',
      'button "Source 1: Backups of the twin"',
      'button "Good answer"',
      'group "Was this a good answer?"',
    ]) {
      expect(tree).toContain(part);
    }
    expect(await page.locator('#announcer').textContent()).toMatch(/^Answer: /u);
    const unnamed = await page
      .locator('button, input, textarea, a')
      .evaluateAll((nodes) =>
        nodes
          .filter(
            (node) =>
              !(
                node.getAttribute('aria-label') ||
                node.textContent?.trim() ||
                (node as { labels?: { length: number } }).labels?.length
              ),
          )
          .map((node) => node.outerHTML),
      );
    expect(unnamed).toEqual([]);
    await page.context().close();
  });
});
