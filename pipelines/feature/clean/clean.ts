import { isBoilerplate } from './boilerplate.ts';
import { splitFences } from './fences.ts';
import { withoutTracking } from './links.ts';
import { normaliseProse, withoutInvisible } from './normalise.ts';

/** Name and version of the cleaner, as the manifest records it: raise it with every change of a rule. */
export const cleaning = 'markdown-1';

/**
 * A passage as people read it: what carries no meaning is taken out, nothing else is touched.
 *
 * Out go HTML comments, boilerplate blocks, tracking parameters in links, invisible characters and
 * repeated blank lines; letters are normalised (`normalise.ts`). Fenced and inline code is left alone
 * but for invisible characters. The result is for reading and indexing; offsets belong to the raw text.
 *
 * @param fence the opening line of the code block that the passage begins inside, when a long block was
 * cut: the text is fenced again, so that code stays code.
 */
export function clean(passage: string, fence?: string): string {
  const markdown = fence === undefined ? passage : `${fence}\n${passage}`;
  let text = '';
  let blankLine = false;
  for (const part of splitFences(markdown)) {
    const cleaned = part.code ? withoutInvisible(part.text).trimEnd() : cleanProse(part.text);
    if (cleaned.trim() !== '') {
      if (text !== '') text += blankLine || blankFirst.test(part.text) ? '\n\n' : '\n';
      text += cleaned;
      blankLine = false;
    }
    blankLine ||= blankLast.test(part.text);
  }
  return text.trim();
}

const blankFirst = /^[ \t\r]*\n[ \t\r]*\n/;
const blankLast = /\n[ \t\r]*\n[ \t\r]*$/;

function cleanProse(prose: string): string {
  const visible = prose.includes('<!--') ? withoutComments(prose) : prose;
  const kept = visible
    .split(/\n(?:[ \t\r]*\n)+/)
    .filter((block) => block.trim() !== '' && !isBoilerplate(block))
    .map((block) => block.replace(/^(?:[ \t\r]*\n)+/, '').trimEnd());
  return normaliseProse(withoutTracking(kept.join('\n\n')));
}

/** Comments go, but not what looks like one inside inline code. */
function withoutComments(prose: string): string {
  return prose.replace(/(`+)(?!`)[^\n]*?(?<!`)\1(?!`)|<!--[\s\S]*?(?:-->|$)/g, (found) =>
    found.startsWith('<!--') ? '' : found,
  );
}
