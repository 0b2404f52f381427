import { join } from 'node:path';
import { launch } from '../bots/web/browser.ts';
import { pageOf } from './page.ts';
import type { Album } from './scene.ts';

/** Photographs the whole page, and the picture for the documentation, into the folder. */
export async function photograph(album: Album, folder: string): Promise<readonly string[]> {
  const { platform, pictures, cover } = album;
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 768, height: 900 } });
    await page.setContent(pageOf(album));
    const whole = join(folder, `${platform}-all.png`);
    await page.screenshot({ path: whole, fullPage: true });
    const index = pictures.findIndex(({ title }) => title === cover);
    if (index < 0) throw new Error(`There is no picture “${cover}”.`);
    const one = join(folder, `${platform}.png`);
    await page.locator(`#picture-${index} > :not(figcaption)`).first().screenshot({ path: one });
    return [whole, one];
  } finally {
    await browser.close();
  }
}
