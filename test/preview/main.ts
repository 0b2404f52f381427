/** `npm run preview -- FOLDER`: what people see in Slack and Discord, as pages and, where Chromium is, as pictures. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasChromium, howToGetChromium } from '../bots/web/browser.ts';
import { discordAlbum } from './discord/scenes.ts';
import { pageOf } from './page.ts';
import { photograph } from './shoot.ts';
import { slackAlbum } from './slack/scenes.ts';

const [named] = process.argv.slice(2);
if (named === undefined) {
  console.error('usage: npm run preview -- FOLDER');
  process.exit(2);
}
const folder = resolve(named);
await mkdir(folder, { recursive: true });
for (const album of [await slackAlbum(), await discordAlbum()]) {
  const file = join(folder, `${album.platform}.html`);
  await writeFile(file, pageOf(album));
  console.log(file);
  if (hasChromium) for (const picture of await photograph(album, folder)) console.log(picture);
}
if (!hasChromium) console.error(`no pictures: that ${howToGetChromium}`);
