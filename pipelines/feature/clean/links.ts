/** Query parameters that say where a click came from and nothing about the page. */
const tracking =
  /^(?:utm_[a-z_]+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|mc_cid|mc_eid|yclid|igshid|igsh|twclid|ttclid|li_fat_id|_hsenc|_hsmi|vero_id|oly_anon_id|oly_enc_id|mkt_tok|rb_clickid|s_cid|_openstat)$/i;

const withQuery = /\bhttps?:\/\/[^\s<>"'`\\)\]]*\?[^\s<>"'`\\)\]]*/g;

/** The text with tracking parameters taken out of its links; everything else of a link stays as it is. */
export function withoutTracking(text: string): string {
  if (!text.includes('?')) return text;
  return text.replace(withQuery, strip);
}

function strip(link: string): string {
  const question = link.indexOf('?');
  const hash = link.indexOf('#', question);
  const query = link.slice(question + 1, hash === -1 ? link.length : hash);
  // A stop after the link belongs to the sentence, not to its last parameter.
  const trailing = hash === -1 ? (/[.,;:!?]+$/.exec(query)?.[0] ?? '') : '';
  const fragment = hash === -1 ? '' : link.slice(hash);
  const pairs = query.slice(0, query.length - trailing.length).split(/&amp;|&/);
  const kept = pairs.filter((pair) => !tracking.test(pair.split('=', 1)[0] ?? ''));
  if (kept.length === pairs.length) return link;
  const separator = query.includes('&amp;') ? '&amp;' : '&';
  const rest = kept.length > 0 ? `?${kept.join(separator)}` : '';
  return link.slice(0, question) + rest + fragment + trailing;
}
