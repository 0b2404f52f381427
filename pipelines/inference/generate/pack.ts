import type { Passage } from '../../serving/chat/port.ts';
import type { ChatMessage, LanguageModel, TokenCount } from '../../serving/language-model/port.ts';
import { PermanentError } from '../../stores/errors.ts';
import { passageBlock } from './data.ts';
import type { Exchange } from './messages.ts';

export type Packable = {
  /** Best first. */
  readonly passages: readonly Passage[];
  /** Oldest first. */
  readonly exchanges: readonly Exchange[];
  readonly messages: (
    exchanges: readonly Exchange[],
    passages: readonly Passage[],
  ) => ChatMessage[];
  /** Kept free for the reply. */
  readonly replyTokens: number;
};

export type Packed = {
  readonly messages: readonly ChatMessage[];
  readonly passages: readonly Passage[];
  readonly counted: TokenCount;
};

type Item =
  | { readonly type: 'passage'; readonly value: Passage }
  | { readonly type: 'exchange'; readonly value: Exchange };

/** Counts that are remembered: passages are asked for again and again. */
const mostCounts = 4_000;

/**
 * Fits a prompt into the model's context: passages best first and whole, then the thread, its newest exchanges first
 * and whole. System text and question are never cut. The thread goes first because the question was already rewritten
 * to stand alone. Passages that an earlier answer used are the first passages to go.
 *
 * The server is asked only near the limit: a prompt that cannot be too long, however its tokens fall, is not counted;
 * another is counted once, whole; only one that is too long has its parts counted, and what was chosen once more.
 *
 * @throws PermanentError `chat.context` when not even one passage fits. Half a passage would not be what is cited.
 */
export function openPacker(
  model: Pick<LanguageModel, 'contextTokens' | 'countTokens'>,
  safetyTokens: number,
): (packable: Packable, signal?: AbortSignal) => Promise<Packed> {
  const counts = new Map<string, number>();

  const remember = (content: string, tokens: number) => {
    counts.delete(content);
    counts.set(content, tokens);
    const [oldest] = counts.keys();
    if (counts.size > mostCounts && oldest !== undefined) counts.delete(oldest);
    return tokens;
  };
  const costOf = async (item: Item, signal?: AbortSignal): Promise<number> => {
    const content = contentOf(item);
    const known = counts.get(content);
    if (known !== undefined) return remember(content, known);
    const { tokens } = await model.countTokens([{ role: 'user', content }], signal);
    return remember(content, tokens);
  };

  return async ({ passages, exchanges, messages, replyTokens }, signal) => {
    const budget = model.contextTokens - replyTokens - safetyTokens;
    const build = (items: readonly Item[]) =>
      messages(
        exchanges.filter((each) => items.some(({ value }) => value === each)),
        passages.filter((each) => items.some(({ value }) => value === each)),
      );
    const packed = (items: readonly Item[], built: ChatMessage[], counted: TokenCount): Packed => ({
      messages: built,
      passages: passages.filter((each) => items.some(({ value }) => value === each)),
      counted,
    });

    const all = inOrderOfWorth(passages, exchanges);
    const everything = build(all);
    const most = mostTokens(everything);
    if (most <= budget) return packed(all, everything, { tokens: most, exact: false });
    const whole = await model.countTokens(everything, signal);
    if (whole.tokens <= budget) return packed(all, everything, whole);

    const costs = await Promise.all(all.map((item) => costOf(item, signal)));
    const chosen = choose(all, costs, whole.tokens, budget);
    while (chosen.some(({ type }) => type === 'passage')) {
      const built = build(chosen);
      const counted = await model.countTokens(built, signal);
      if (counted.tokens <= budget) return packed(chosen, built, counted);
      chosen.pop();
    }
    throw new PermanentError(
      `No passage fits into the model’s context of ${model.contextTokens} tokens beside the question and a reply of ${replyTokens}.`,
      {
        code: 'chat.context',
        hint: 'Serve the model with a longer context, or let replies be shorter.',
      },
    );
  };
}

function inOrderOfWorth(passages: readonly Passage[], exchanges: readonly Exchange[]): Item[] {
  const used = (value: Passage) => value.usedBefore === true;
  return [
    ...[...passages.filter((each) => !used(each)), ...passages.filter(used)].map(
      (value): Item => ({ type: 'passage', value }),
    ),
    ...exchanges.toReversed().map((value): Item => ({ type: 'exchange', value })),
  ];
}

/** Takes what fits in order of worth; the thread only as far back as it is unbroken. */
function choose(
  items: readonly Item[],
  costs: readonly number[],
  whole: number,
  budget: number,
): Item[] {
  let total = Math.max(0, whole - costs.reduce((sum, cost) => sum + cost, 0));
  let isBroken = false;
  return items.filter((item, index) => {
    const cost = costs[index] ?? 0;
    const fits = total + cost <= budget && !(item.type === 'exchange' && isBroken);
    if (fits) total += cost;
    else if (item.type === 'exchange') isBroken = true;
    return fits;
  });
}

function contentOf(item: Item): string {
  return item.type === 'passage'
    ? passageBlock(item.value)
    : item.value.map(({ text }) => text).join('\n');
}

/** What a chat template puts around a message, generously. */
const tokensAround = 24;

/** More tokens than any tokeniser in use makes of the messages, without asking one. */
function mostTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce(
    (sum, { content }) => sum + tokensAround + mostTokensOf(content),
    tokensAround,
  );
}

/**
 * Letters and spaces two to a token (words take half as many), digits and signs one each, and anything beyond ASCII a
 * token a byte, as where a tokeniser has no other name for it.
 */
function mostTokensOf(text: string): number {
  let halves = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const isWord = (unit | 32) - 97 < 26 && (unit | 32) >= 97;
    if (isWord || unit === 32) halves += 1;
    else if (unit < 0x80) halves += 2;
    // A surrogate is half of a character of four bytes.
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) halves += 4;
    else halves += 6;
  }
  return Math.ceil(halves / 2);
}
