/**
 * The heading that serves as a title, as plain words: the first of level 1 (Markdown or HTML), else one of
 * any level with which the text begins. A heading further down titles its section, not the text.
 */
export function titleHeading(markdown: string): string | undefined {
  const head = markdown.slice(0, 20_000);
  let begun = false;
  let beginning: string | undefined;
  let previous = '';
  let fence: string | undefined;
  for (const line of head.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence ? mark?.startsWith(fence) : mark) fence = fence ? undefined : mark;
    else if (!fence) {
      const heading = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line);
      const text = plainWords(heading?.[2]?.replace(/[ \t]#+[ \t]*$/, '') ?? '');
      if (heading?.[1] === '#' && text) return text;
      if (heading && text && !begun) beginning = text;
      if (/^ {0,3}=+[ \t]*$/.test(line) && plainWords(previous)) return plainWords(previous);
    }
    begun ||= plainWords(line) !== '';
    previous = line;
  }
  if (beginning) return beginning;
  const html = /<h1[^>]*>([\s\S]{1,500}?)<\/h1>/i.exec(head)?.[1];
  return (html && plainWords(html)) || undefined;
}

/** Inline Markdown as the words one reads; what pictures show counts only where there are no words. */
export function plainWords(markdown: string): string {
  return wordsOf(markdown.replace(image, '')) || wordsOf(markdown.replace(image, '$1'));
}

/** Badges beside a heading are pictures, too: "Parser ![NPM downloads](…)" is titled "Parser". */
const image = /!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g;

function wordsOf(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/<[^>]*>/g, '')
    .replace(/\{#[\w-]+\}\s*$/, '')
    .replace(/[*`]|(?<!\w)_+|_+(?!\w)/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

/** How many words a text has; scripts without spaces count about two characters to a word. */
export function countWords(markdown: string): number {
  const spaceless =
    markdown.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/gu)?.length ?? 0;
  return (markdown.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0) + spaceless / 2;
}
