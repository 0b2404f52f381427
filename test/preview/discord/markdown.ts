import { type Html, html, markdown } from '../html.ts';

/** Discord's Markdown: standard but for small lines, and line breaks that count. */
export function discordText(text: string): Html {
  const parts: { small: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const small = line.startsWith('-# ');
    const words = small ? line.slice(3) : line;
    const last = parts.at(-1);
    if (last?.small === small) last.lines.push(words);
    else parts.push({ small, lines: [words] });
  }
  return html`${parts.map(({ small, lines }) => {
    const drawn = markdown(hardBreaks(lines).replace(/<([#@]&?!?)(\d+)>/gu, '**$1$2**'));
    return small ? html`<div class="subtext">${drawn}</div>` : drawn;
  })}`;
}

/** A line break is one, also where Markdown would join lines; not in code. */
function hardBreaks(lines: readonly string[]): string {
  let fenced = false;
  return lines
    .map((line, index) => {
      if (/^\s*(?:```|~~~)/u.test(line)) fenced = !fenced;
      const next = lines[index + 1];
      const joins = !fenced && line.trim() !== '' && next !== undefined && next.trim() !== '';
      return joins && !/^\s*(?:[-*+]\s|[>|#]|\d+\.\s)/u.test(next) ? `${line}  ` : line;
    })
    .join('\n');
}
