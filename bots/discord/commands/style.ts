import { styleLines } from '../../conversation/style-lines.ts';
import { type Page, text } from '../answer/components.ts';
import { escaped } from '../answer/sources.ts';
import type { Desk } from '../desk.ts';
import type { Asked } from '../interactions/asked.ts';

const longestLine = 400;

/** `/style`: how the author writes, measured on what this person may see. */
export async function stylePage({ conversation, knowledge }: Desk, asked: Asked): Promise<Page> {
  const { say, place, person } = asked;
  const allowed = await conversation.access(place, person);
  if (!allowed.allowed) return [text(say('access.person'))];
  const [heading = '', ...lines] = (await styleLines(say, knowledge, allowed.access)).map((line) =>
    escaped(line.slice(0, longestLine)),
  );
  if (lines.length === 0) return [text(heading)];
  return [text(`### ${heading}`), text(lines.map((line) => `- ${line}`).join('\n'))];
}
