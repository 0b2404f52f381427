import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { html } from './html.ts';
import type { Album } from './scene.ts';

const styleIn = (folder: string): string =>
  readFileSync(join(import.meta.dirname, folder, 'page.css'), 'utf8');

/** All pictures of a platform on one page that needs nothing else. */
export function pageOf({ platform, pictures }: Album): string {
  const shown = pictures.map(
    ({ title, html: picture }, index) =>
      html`<figure id="picture-${index}"><figcaption>${title}</figcaption>${picture}</figure>`,
  );
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What people see in ${platform}</title><style>${{ html: styleIn('.') + styleIn(platform) }}</style></head><body class="${platform}-page">${shown}</body></html>`;
  return page.html;
}
