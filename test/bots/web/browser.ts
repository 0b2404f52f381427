import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether these tests can run here; under CI they must. */
export const hasChromium = existsSync(executablePath) || process.env['CI'] === 'true';
export const howToGetChromium =
  'needs Chromium: apt-get install chromium, or CHROMIUM=/path/to/chromium';

export async function launch(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const args = `--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync`.split(/\s+/u);
  return chromium.launch({ executablePath, args });
}
