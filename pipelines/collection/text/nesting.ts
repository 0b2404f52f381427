/** No page a person made nests deeper; parsers recurse, and a hostile one would end the process. */
const deepest = 200;

/** These have no content, or are closed by the parser itself, so they do not nest without others. */
const flat = new Set(
  'area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead tbody tfoot option optgroup rp rt html head body colgroup'.split(
    ' ',
  ),
);

/** Text in these is no markup. */
const raw = /^(?:script|style|textarea|title|xmp|iframe|noembed|noframes|plaintext)$/;

/**
 * The same HTML with tags nested deeper than 200 levels left out (their text stays), in one linear pass.
 * Comments, scripts and styles go, too: nothing of them is writing, and they are most of many pages.
 * JSON-LD scripts stay, because they say who wrote it.
 */
export function withoutDeepNesting(html: string): string {
  const tag = /<!--|<(\/?)([a-zA-Z][a-zA-Z0-9:-]*)/g;
  let out = '';
  let copied = 0;
  let depth = 0;
  for (let found = tag.exec(html); found; found = tag.exec(html)) {
    const start = found.index;
    if (found[0] === '<!--') {
      const end = html.indexOf('-->', start + 2);
      out += html.slice(copied, start);
      copied = end < 0 ? html.length : end + 3;
      tag.lastIndex = copied;
      continue;
    }
    const name = (found[2] ?? '').toLowerCase();
    const closing = found[1] === '/';
    const end = endOfTag(html, tag.lastIndex);
    tag.lastIndex = end;
    if (!closing && raw.test(name)) {
      const after = endOfRaw(html, name, end);
      const keep =
        name !== 'style' && (name !== 'script' || /ld\+json/.test(html.slice(start, end)));
      if (!keep) {
        out += html.slice(copied, start);
        copied = after;
      }
      tag.lastIndex = after;
      continue;
    }
    const nests = !flat.has(name);
    if (closing && nests) depth = Math.max(0, depth - 1);
    if (depth >= deepest) {
      out += html.slice(copied, start);
      copied = end;
    }
    if (!closing && nests && html[end - 2] !== '/') depth += 1;
  }
  return copied === 0 ? html : out + html.slice(copied);
}

/** After the `>` that ends the tag; quoted attribute values may hold one. */
function endOfTag(html: string, from: number): number {
  const rest = /[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>/y;
  rest.lastIndex = from;
  if (rest.test(html)) return rest.lastIndex;
  const plain = html.indexOf('>', from);
  return plain < 0 ? html.length : plain + 1;
}

function endOfRaw(html: string, name: string, from: number): number {
  const close = new RegExp(`</${name}[\\s/>]`, 'gi');
  close.lastIndex = from;
  const found = close.exec(html);
  return found ? endOfTag(html, found.index + 2) : html.length;
}
