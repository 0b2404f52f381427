/**
 * What each platform takes for a mention, read from its documentation and written without a look at the code
 * that prevents it. Slack decodes three entities, and no others, once.
 */
const decoded = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Characters that a platform may drop before it looks for mentions. */
const visible = (text: string) => text.replace(/(?!\n)\p{Cc}/gu, '');

const slack = [
  /<![a-z]/iu,
  /<!subteam\^/u,
  /<!date\^/u,
  /<@/u,
  /<#/u,
  /@(?:channel|here|everyone|group)/iu,
];
const discord = [
  /@(?:everyone|here)/iu,
  /<@[!&]?\d/u,
  /<#\d/u,
  /<\/[^>]*:\d/u,
  /<t:-?\d/u,
  /<a?:\w+:\d/u,
  /<id:\w/u,
];

export function slackPing(text: string): string | null {
  return firstOf(slack, text);
}

export function discordPing(text: string): string | null {
  return firstOf(discord, text);
}

function firstOf(patterns: readonly RegExp[], text: string): string | null {
  for (const reading of [text, visible(text), decoded(text), decoded(visible(text))]) {
    for (const pattern of patterns) {
      const [found] = pattern.exec(reading) ?? [];
      if (found !== undefined) return found;
    }
  }
  return null;
}
