import { PermanentError } from '../stores/errors.ts';
import type { Crawler } from './crawler.ts';
import { articleCrawler } from './crawlers/article.ts';
import { feedCrawler } from './crawlers/feed.ts';
import { folderCrawler } from './crawlers/folder.ts';

/** In order: the first that claims a link gets it. The article crawler takes any page, so it is last. */
export const crawlers: readonly Crawler[] = [folderCrawler, feedCrawler, articleCrawler];

/** The crawler for a link; a PermanentError that lists what is understood when nobody claims it. */
export function dispatch(link: string): Crawler {
  const crawler = crawlers.find((candidate) => candidate.claims(link));
  if (crawler) return crawler;
  const understood = crawlers.map((candidate) => candidate.understands).join('; ');
  throw new PermanentError(
    `Nothing here knows how to collect ${JSON.stringify(link)}. Understood are: ${understood}.`,
    {
      code: 'link.not-understood',
      hint: 'Check the spelling; a path must exist, and an address needs its https://.',
    },
  );
}
