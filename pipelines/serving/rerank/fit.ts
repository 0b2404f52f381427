import { PermanentError } from '../../stores/errors.ts';

/** A question and the texts it is held against, as they are sent. */
export type Pairs = {
  readonly question: string;
  readonly texts: readonly string[];
  /** Whether the server is to cut what is too long, as nobody here knows what is. */
  readonly truncate: boolean;
};

/** So often a text is cut again that is still too long: tokens are not spread evenly over it. */
const mostCuts = 5;
const margin = 0.97;

/**
 * Pairs within what the model reads at once. A question keeps half of that at most; a text that is too long for the rest
 * loses its end, after a word, so that its score is that of its beginning. All pairs of a call are
 * treated alike, or their scores could not be compared. Only where the server cannot count is it left to cut by itself.
 *
 * @param count tokens of each text, special ones included
 */
export async function fitted(
  { question, texts }: Omit<Pairs, 'truncate'>,
  mostTokens: number,
  count: (texts: readonly string[]) => Promise<readonly number[]>,
): Promise<Pairs> {
  try {
    const [asked] = await shortened([question], Math.floor(mostTokens / 2), count);
    const cut = asked?.text ?? question;
    const room = mostTokens - (asked?.tokens ?? 0);
    const fits = await shortened(texts, room, count);
    const truncate = fits.some(({ tokens }) => tokens > room);
    return { question: cut, texts: fits.map(({ text }) => text), truncate };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return { question, texts, truncate: true };
  }
}

type Counted = { readonly text: string; readonly tokens: number };

async function shortened(
  texts: readonly string[],
  room: number,
  count: (texts: readonly string[]) => Promise<readonly number[]>,
): Promise<readonly Counted[]> {
  const counted = await counts(texts, count);
  for (let round = 0; round < mostCuts; round++) {
    const long = counted.flatMap((each, index) => (each.tokens > room ? [{ ...each, index }] : []));
    if (long.length === 0) break;
    const cut = await counts(
      long.map(({ text, tokens }) => cutAfterWord(text, ((text.length * room) / tokens) * margin)),
      count,
    );
    for (const [at, { index }] of long.entries()) counted[index] = cut[at] as Counted;
  }
  return counted;
}

async function counts(
  texts: readonly string[],
  count: (texts: readonly string[]) => Promise<readonly number[]>,
): Promise<Counted[]> {
  const tokens = await count(texts);
  return texts.map((text, index) => ({ text, tokens: tokens[index] ?? Number.POSITIVE_INFINITY }));
}

/** The beginning of at most `length` UTF-16 units, to the end of a word where there is one near. */
function cutAfterWord(text: string, length: number): string {
  const part = text.slice(0, Math.max(1, Math.floor(length)));
  const end = part.search(/\s+\S*$/u);
  return (end > part.length / 2 ? part.slice(0, end) : part).toWellFormed();
}
