/** Invisible, without width, and no platform reads a mention across it. */
const joiner = '\u2060';

/** `<!channel>`, `<@U1>`, `<#C1>`, `<!subteam^S1>`, `<!date^…>`: also where the bracket is an entity. */
const slackTokens = /(?:<|&lt;)(?=[@#!])/giu;
/** `<@1>`, `<@&1>`, `<#1>`, `</command:1>`, `<t:1>`, `<:emoji:1>`, `<a:emoji:1>`, `<id:guide>`. */
const discordTokens = /<(?=[@#!/:]|(?:a|t|id|sound):)/giu;
const everybody = /@(?=everyone|here|channel|group)/giu;

/** Slack text in which nothing mentions anybody, code included; it looks as it did. */
export function withoutSlackPings(text: string): string {
  return text.replace(slackTokens, `$&${joiner}`).replace(everybody, `$&${joiner}`);
}

/** Discord text in which nothing mentions anybody, code included; it looks as it did. */
export function withoutDiscordPings(text: string): string {
  return text.replace(discordTokens, `$&${joiner}`).replace(everybody, `$&${joiner}`);
}

/** Keeps two pieces of text apart for a parser, and together for a reader. */
export function apart(left: string, right: string): string {
  return left + joiner + right;
}

/** Code that cannot end its own fence: platforms end one at three backticks wherever they stand. */
export function withoutFences(code: string): string {
  return code.replace(/`(?=``)/gu, `$&${joiner}`);
}
