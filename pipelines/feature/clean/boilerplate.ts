/**
 * Blocks that a page puts around writing. Conservative on purpose: a rule must match the whole block,
 * blocks are short, and a sentence that merely speaks of subscribing or of cookies stays.
 */
const longest = 200;

const rules: readonly RegExp[] = [
  // "Subscribe to our newsletter", "Sign up for updates!"
  /^(?:please )?(?:subscribe|sign up|join)(?: now| today)?(?: to| for)?(?: (?:our|my|the|this))?(?: (?:free|weekly|monthly|email|e-mail|mailing))*(?: (?:newsletter|mailing list|list|updates|blog|channel|feed))?(?: (?:for free|now|today|here|below))?[.!]?$/i,
  /^subscribe to [^.!?]{1,60}(?: newsletter| by e-?mail| for free)[.!]?$/i,
  // Share buttons, alone or in a row.
  /^(?:share|tweet|pin|like|retweet|e-?mail|print|copy link|facebook|twitter|x|linkedin|reddit|whatsapp|telegram|pocket|mastodon|bluesky|hacker news|share (?:this|on|via|to)(?: (?:this|post|article|page|story|facebook|twitter|x|linkedin|reddit|whatsapp|e-?mail|mastodon|bluesky))*)(?:\s*[|·•,:/-]?\s+(?:share|tweet|pin|like|e-?mail|print|copy link|facebook|twitter|x|linkedin|reddit|whatsapp|telegram|pocket|mastodon|bluesky|hacker news|on|via))*[:.!]?$/i,
  // Cookie lines with their button.
  /^(?:this|our) (?:web)?site uses cookies\b[^.!?]*[.!]?(?:\s*(?:accept|ok|got it|learn more|read more|i agree|accept all)[.!]?)*$/i,
  /^we use cookies\b[^.!?]*\b(?:experience|website|site|traffic|consent|ads)\b[^.!?]*[.!]?(?:\s*(?:accept|ok|got it|learn more|i agree|accept all)[.!]?)*$/i,
  /^(?:accept|reject|manage) (?:all )?cookies[.!]?$/i,
  // Skip links and pagers.
  /^(?:skip to (?:main )?content|back to top|jump to (?:navigation|search|content))[.!]?$/i,
  /^(?:←|«|<)?\s*(?:previous|older|newer|next)(?: (?:post|posts|article|page))?\s*(?:→|»|>)?(?:\s*[|·•/]?\s*(?:←|«|<)?\s*(?:previous|older|newer|next)(?: (?:post|posts|article|page))?\s*(?:→|»|>)?)?$/i,
];

/** Ads for a page's own places: a list of nothing but links to them. */
const navigationWord =
  /^(?:home|about(?: us| me)?|contact(?: us)?|blog|posts|archive|archives|rss|tags|categories|search|menu|login|log in|sign in|sign up|register|privacy(?: policy)?|terms(?: of (?:service|use))?|imprint|impressum|cookies|sitemap|newsletter|faq|careers|press|subscribe)$/i;

/** Whether a whole block (no blank line inside) is boilerplate. */
export function isBoilerplate(block: string): boolean {
  if (block.length > longest * 2) return false;
  const words = withoutLinks(block).trim();
  if (words.length === 0 || words.length > longest) return false;
  return rules.some((rule) => rule.test(words)) || isNavigation(block);
}

/** At least three lines or items, each a link to one of a site's usual places. */
function isNavigation(block: string): boolean {
  if (!block.includes('](')) return false;
  const items = withoutLinks(block)
    .split(/\n|[|·•]/)
    .map((item) => item.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, '').trim())
    .filter((item) => item !== '');
  const links = block.match(/\]\(/g)?.length ?? 0;
  return (
    items.length >= 3 && links >= items.length && items.every((item) => navigationWord.test(item))
  );
}

/** Links by their words, emphasis without its marks. */
function withoutLinks(block: string): string {
  return block.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/\*\*|__/g, '');
}
