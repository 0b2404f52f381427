/**
 * MDX as plain Markdown: import and export statements and JSX tags go, what they enclose stays.
 * Fenced code and code spans are left alone. Never throws; what cannot be made out stays as it is.
 */
export function plainMdx(source: string): string {
  const lines = source.split('\n');
  const kept: string[] = [];
  let fence: string | undefined;
  let prose: string[] = [];
  let unclosed = 0;
  const flush = () => {
    if (prose.length > 0) kept.push(withoutJsx(prose.join('\n')));
    prose = [];
  };
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
      kept.push(line);
    } else if (mark) {
      flush();
      fence = mark;
      kept.push(line);
    } else if (/^(?:import|export)\b/.test(line) && isStatement(line)) {
      flush();
      const end = unclosed < mostUnclosed ? endOfStatement(lines, i) : undefined;
      // Brackets that never close: only the first line was surely code.
      if (end === undefined) unclosed += 1;
      i = end ?? i;
    } else {
      prose.push(line);
    }
  }
  flush();
  return kept.join('\n').replace(/\n{3,}/g, '\n\n');
}

/** A sentence may begin with "import" or "export", too. */
function isStatement(line: string): boolean {
  return (
    /^import\s*(?:["'{*]|[\w$]+\s*(?:,|\s+from\b)|type\s)/.test(line) ||
    /^export\s+(?:default\b|const\b|let\b|var\b|function\b|async\b|class\b|type\b|interface\b|[{*])/.test(
      line,
    )
  );
}

const longestStatement = 200;
const mostUnclosed = 100;

/** MDX ends a statement at the first blank line outside brackets. */
function endOfStatement(lines: readonly string[], start: number): number | undefined {
  let depth = 0;
  for (let i = start; i < lines.length && i < start + longestStatement; i += 1) {
    const line = lines[i] ?? '';
    if (depth <= 0 && line.trim() === '') return i - 1;
    for (const character of line) {
      if ('{[('.includes(character)) depth += 1;
      if ('}])'.includes(character)) depth -= 1;
    }
  }
  return depth > 0 ? undefined : Math.min(lines.length, start + longestStatement) - 1;
}

function withoutJsx(text: string): string {
  let out = '';
  let i = 0;
  let failures = 0;
  while (i < text.length) {
    const character = text[i];
    if (character === '`') {
      const span = /^(`+)(?!`)[\s\S]*?[^`]\1(?!`)/.exec(text.slice(i, i + 2_000))?.[0] ?? '`';
      out += span;
      i += span.length;
    } else if (character === '<') {
      const end = failures < mostFailures ? endOfTag(text, i) : undefined;
      if (end === undefined) {
        out += '<';
        failures += 1;
      }
      i = end ?? i + 1;
    } else if (character === '{') {
      const found = /^\{\s*(?:\/\*[\s\S]*?\*\/|(["'`])([^"'`{}\n]*)\1)\s*\}/.exec(
        text.slice(i, i + 2_000),
      );
      out += found ? (found[2] ?? '') : '{';
      i += found ? found[0].length : 1;
    } else {
      out += character;
      i += 1;
    }
  }
  return out.replace(/^[ \t]+$/gm, '');
}

const longestTag = 2_000;
/** After so many openings that turn out to be no tags, a text is no MDX, and looking on costs too much. */
const mostFailures = 2_000;

/** Where the JSX tag that begins at `start` ends, or undefined when none begins there. */
function endOfTag(text: string, start: number): number | undefined {
  const opening = /^<(?:\/?[A-Za-z][\w.:-]*(?=[\s/>])|\/?(?=>))/.exec(
    text.slice(start, start + 200),
  );
  if (!opening) return undefined;
  let depth = 0;
  let quote: string | undefined;
  for (let i = start + opening[0].length; i < Math.min(text.length, start + longestTag); i += 1) {
    const character = text[i] ?? '';
    if (quote) {
      if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'" || (depth > 0 && character === '`')) {
      quote = character;
    } else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (character === '>' && depth <= 0) return i + 1;
  }
  return undefined;
}
