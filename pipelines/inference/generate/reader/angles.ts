/** What an opening angle bracket begins. */
export type Angle =
  | { readonly kind: 'open' | 'text' }
  | { readonly kind: 'thought' | 'tag'; readonly length: number }
  | {
      readonly kind: 'address';
      readonly target: string;
      /** What is shown instead, in Slack's `<address|words>`. */
      readonly words: string | null;
      readonly length: number;
    };

const thought = /^<(\/?)think(?:ing)?>/iu;
const address =
  /^<((?:[a-z][a-z0-9+.-]{1,31}:[^\s<>|]*)|[^\s<>|@]+@[^\s<>|@]+)(?:\|([^<>\n]*))?>/iu;
const attribute = '[ \\t]+[a-z_:][\\w.:-]*(?:\\s*=\\s*(?:"[^"]*"|\'[^\']*\'|[^\\s"\'=<>`]+))?';
/** Tags that carry something: an address may be in it. Bare ones, as in `Array<string>`, are text. */
const tag = new RegExp(`^(?:<[a-z][\\w-]*(?:${attribute})+\\s*/?>|</a\\s*>)`, 'iu');
const mayGoOn = /^<(?:\/?[a-z][^<>\n]*|[^\s<>]*|\/)?$/iu;
const longest = 500;

/** @param text begins with `<` */
export function angleAt(text: string, isWhole: boolean): Angle {
  const thinks = thought.exec(text);
  if (thinks) return { kind: thinks[1] === '' ? 'thought' : 'tag', length: thinks[0].length };
  const leads = address.exec(text);
  if (leads && leads[0].length <= longest) {
    return {
      kind: 'address',
      target: leads[1] ?? '',
      words: leads[2] ?? null,
      length: leads[0].length,
    };
  }
  const carries = tag.exec(text);
  if (carries && carries[0].length <= longest) return { kind: 'tag', length: carries[0].length };
  return { kind: !isWhole && text.length < longest && mayGoOn.test(text) ? 'open' : 'text' };
}
