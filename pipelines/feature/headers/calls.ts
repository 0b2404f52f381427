import type { ChatMessage } from '../../serving/language-model/port.ts';
import { PermanentError } from '../../stores/errors.ts';
import type { Chunk } from '../../stores/features/chunk.ts';
import type { Document } from '../../stores/warehouse/document.ts';
import { countTokens } from '../chunk/tokens.ts';
import { excerptAround } from './excerpt.ts';
import { headerMessages } from './prompt.ts';

/** One request for headers. Tokens are of `words-1`. */
export type HeaderCall = {
  readonly passages: readonly Chunk[];
  readonly messages: readonly ChatMessage[];
  /** Bound of the reply, in the model's tokens. */
  readonly maxTokens: number;
  readonly promptTokens: number;
  /** How long the reply will be, about. */
  readonly replyTokens: number;
};

/** The more at once, the cheaper, as the document is read once; beyond some the attention of small models goes. */
const mostPassages = 8;
/** Of a longer document its beginning and surroundings: what is farther off says little and costs as much. */
const mostDocumentTokens = 12_000;
/** Model tokens for one of `words-1` at most, over all but rare texts. */
const safety = 1.25;
/** Instructions, tags and the chat template around. */
const overheadTokens = 520;
/** With less a model could not see enough of a document to write anything about it. */
export const leastContextTokens = 2_048;

/** More than any request takes, however much a model could. */
export const mostContextTokens = 24_000;

const longestReply = (passages: number) => 80 + 120 * passages;
const usualReply = (passages: number) => 20 + 65 * passages;

/**
 * The requests that get headers for `passages`, each within the model's context: as many passages as leave a third
 * of it for the document they are from. `contextTokens` is `leastContextTokens` at least.
 */
export function headerCalls(
  document: Pick<Document, 'title' | 'content' | 'contentHash'>,
  passages: readonly Chunk[],
  contextTokens: number,
): readonly HeaderCall[] {
  return grouped(passages, contextTokens).map((group) => {
    const first = group[0];
    const last = group.at(-1);
    const about = { start: first?.start ?? 0, end: last?.end ?? 0 };
    const excerpt = excerptAround(document.content, about, roomFor(group, contextTokens));
    const messages = headerMessages(document, excerpt, group);
    return {
      passages: group,
      messages,
      maxTokens: longestReply(group.length),
      promptTokens: messages.reduce((sum, { content }) => sum + countTokens(content), 0),
      replyTokens: usualReply(group.length),
    };
  });
}

function grouped(passages: readonly Chunk[], contextTokens: number): readonly (readonly Chunk[])[] {
  const groups: Chunk[][] = [];
  for (const passage of passages) {
    const group = groups.at(-1);
    const wider = [...(group ?? []), passage];
    const fits =
      wider.length <= mostPassages && roomFor(wider, contextTokens) >= contextTokens / (3 * safety);
    if (group && fits) group.push(passage);
    else groups.push([passage]);
  }
  return groups;
}

/** What is left for the document, in tokens of `words-1`. */
function roomFor(passages: readonly Chunk[], contextTokens: number): number {
  const given = passages.reduce((sum, { tokens }) => sum + tokens + 20, 0);
  const prompt = (contextTokens - longestReply(passages.length)) / safety;
  return Math.min(mostDocumentTokens, Math.floor(prompt - overheadTokens - given));
}

/** @throws PermanentError `headers.small-context` */
export function checkContext(contextTokens: number): void {
  if (contextTokens >= leastContextTokens) return;
  throw new PermanentError(
    `The model takes ${contextTokens} tokens; to write headers it has to see more than that of a document.`,
    {
      code: 'headers.small-context',
      hint: `Serve a model with a context of at least ${leastContextTokens} tokens, or turn headers off.`,
    },
  );
}
