import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Playground, startPlayground } from '../../../bots/web/server.ts';
import { openStage, type Stage } from '../conversation/stage.ts';
import { hasChromium, howToGetChromium, launch } from './browser.ts';
import { contrast } from './in-page.ts';

describe.skipIf(!hasChromium)(`a model’s answer on the page (${howToGetChromium})`, () => {
  let stage: Stage;
  let playground: Playground;
  let browser: Browser;

  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage(), launch()]);
    const { warehouse, features } = stage.stores;
    const ports = { ...stage.ports, warehouse, features };
    playground = await startPlayground(ports, { port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await browser?.close();
    await playground?.close();
    await stage?.close();
  });

  test('grows as it is spoken, is whole in the end, and says what it had to do without', async () => {
    const page = await browser.newPage();
    const trouble: string[] = [];
    page.on('pageerror', (error) => trouble.push(error.message));
    await page.goto(playground.url);
    stage.gate.speakInPieces();
    stage.gate.holdEnd();
    stage.gate.doWithout([{ stage: 'embed', reason: 'down', code: 'embed.down' }]);
    await page.getByLabel('Your question').fill('Why is the **sky** blue?');
    await page.keyboard.press('Enter');
    const answer = page.locator('.exchange .answer');
    // Rendered while the model still holds its end back: the last piece is not left for it.
    await answer.locator('strong', { hasText: 'sky' }).waitFor();
    await answer.getByText('blue?').waitFor();
    expect(await page.locator('.exchange .fallback').count()).toBe(0);
    stage.gate.open();
    const line = page.locator('.exchange .fallback');
    await line.waitFor();
    expect(await line.textContent()).toBe(
      'Part of my search was not available just now, so I may have missed a better passage.',
    );
    expect(await answer.textContent()).toBe('You asked: Why is the sky blue?');
    expect(await page.evaluate(contrast)).toEqual([]);
    expect(trouble).toEqual([]);
    await page.close();
  });
});
