/** Longest header, in UTF-16 units. */
export const longestHeader = 300;

/**
 * What a model wrote, as one line that can stand in a passage's context: no control characters, nothing invisible
 * (tags and direction marks can hide words from people, not from models), no links, at most 300 characters,
 * cut after a sentence or else a word.
 */
export function headerLine(written: string): string {
  const line = written
    .normalize('NFC')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/gu, '$1')
    .replace(/[\p{Cf}--[\u200c\u200d]]/gv, '')
    .replace(/[\p{Cc}\p{Co}\p{Cs}\s]+/gu, ' ')
    .trim();
  if (line.length <= longestHeader) return line;
  const room = line.slice(0, longestHeader - 1);
  const sentence = /^.*[.!?。！？](?=\s|$)/su.exec(room)?.[0] ?? '';
  if (sentence.length > longestHeader / 2) return sentence;
  const word = room.slice(0, room.lastIndexOf(' '));
  return `${word.length > longestHeader / 2 ? word : wholeCharacters(room)}…`;
}

/** Without the first half of a pair that was cut in two. */
function wholeCharacters(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
