import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collect, type WatchOptions, watch } from '../../../pipelines/collection/collect.ts';
import { startWebServer } from '../../servers/web.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

/** Watches, and gives the outcomes so far to whoever asks until they are what is expected. */
function watching(place: Workplace, links: readonly string[], options: WatchOptions = {}) {
  const stop = new AbortController();
  const seen: string[] = [];
  const done = (async () => {
    const watched = watch(links, place, { debounceMs: 50, ...options, signal: stop.signal });
    for await (const event of watched) {
      if (event.type === 'item') seen.push(`${event.outcome} ${event.link.split('/').at(-1)}`);
    }
  })();
  return {
    seen,
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

describe('watching', () => {
  it('collects what changes in a folder, and only tells that', async () => {
    await using place = await openWorkplace();
    await place.write('a.md', 'A.');
    await place.collect([place.root]);
    await place.write('between.md', 'Written before the watching began.');
    const { seen, stop } = watching(place, [place.root]);
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual(['created between.md']);
    await place.write('sub/new.md', 'New.');
    await expect.poll(() => seen, { timeout: 5_000 }).toContain('created new.md');
    await place.write('a.md', 'A, changed.');
    await expect.poll(() => seen, { timeout: 5_000 }).toContain('changed a.md');
    await rm(join(place.root, 'a.md'));
    await expect.poll(() => seen, { timeout: 5_000 }).toContain('vanished a.md');
    expect(seen).toHaveLength(4);
    await stop();
  });

  it('asks feeds and pages again at the interval', async () => {
    await using place = await openWorkplace();
    const web = await startWebServer();
    const feed = (text: string) =>
      `<rss version="2.0"><channel><title>T</title><item><guid>1</guid><description>${text}</description></item></channel></rss>`;
    web.set('/feed.xml', feed('One.'));
    const options = { allowPrivate: ['127.0.0.1'], fetch: { intervalMs: 1 } };
    for await (const _ of collect([`${web.url}/feed.xml`], place, options));
    const { seen, stop } = watching(place, [`${web.url}/feed.xml`], {
      ...options,
      intervalMs: 100,
    });
    web.set('/feed.xml', feed('Two.'));
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual(['changed feed.xml#1']);
    await stop();
    await web.close();
  });

  it('says at once which links it does not understand', async () => {
    await using place = await openWorkplace();
    const { seen, stop } = watching(place, ['ftp://a.example/x']);
    await expect.poll(() => seen).toEqual(['failed x']);
    await stop();
  });
});
