import type { Passage } from '../../serving/chat/port.ts';

/** Our own delimiters, however they are spelt. */
const delimiter = /<(?=\s*\/?\s*(?:passage|question)\b)/giu;

/**
 * What chat templates use to tell speakers apart (ChatML, Llama 2 and 3, Gemma, DeepSeek). Servers tokenise a
 * filled template as one text, so in somebody's writing these would be taken for the template's own.
 */
const control =
  /<(?=[|｜])|<(?=\/?s>|(?:start|end)_of_turn>|[be]os>|\/?SYS>|<\/?SYS>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])/giu;

/**
 * Text as data between delimiters: nothing in it ends them, and no speaker begins in it. What is changed becomes a
 * character reference, which Markdown shows as the character it stands for.
 */
export function asData(text: string): string {
  return text.replace(delimiter, '&lt;').replace(control, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** A passage as the model reads it: where it is from in the tag, and its text, whole. */
export function passageBlock({ number, text, context, usedBefore }: Passage): string {
  const from = asAttribute(context);
  const attributes = [
    `n="${number}"`,
    ...(from === '' ? [] : [`from="${from}"`]),
    ...(usedBefore === true ? ['used="before"'] : []),
  ];
  return `<passage ${attributes.join(' ')}>\n${asData(text)}\n</passage>`;
}

function asAttribute(text: string): string {
  const line = asData(text).replace(/\s+/gu, ' ').trim();
  return line.replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
