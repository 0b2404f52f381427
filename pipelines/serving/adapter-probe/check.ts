import { randomUUID } from 'node:crypto';
import { PermanentError } from '../../stores/errors.ts';
import type { LanguageModel } from '../language-model/port.ts';
import { type AdapterPrints, probePrompts, takePrints } from './prints.ts';

export type AdapterVerdict = {
  readonly passed: boolean;
  /** On how many prompts the adapter spoke otherwise than its base. */
  readonly differs: number;
  /** On how many prompts it spoke as recorded; null where nothing was recorded. */
  readonly matches: number | null;
  /** What a name that no adapter has was answered with. */
  readonly bogus: 'refused' | 'base' | 'other';
  /** What is wrong, for a person; null when it passed. */
  readonly problem: string | null;
};

/** Prompts on which an adapter must speak otherwise than its base to count as loaded. */
const leastDifferent = 2;
/** Prompts on which it must speak as recorded. The rest is left to kernels and batches that break ties otherwise. */
const leastMatching = 6;
/** Replies agree when they begin with the same words; further on one flipped token changes all that follows. */
const sameWords = 6;

/**
 * Whether the server really answers with the adapter. TGI answers a name it does not know as the base model without
 * a word, and vLLM may load an adapter whose weights fit nowhere: only what is said tells.
 *
 * @param recorded prints taken when the adapter was known to be right; null checks only that it is not the base.
 * @throws TransientError where the server does not answer.
 */
export async function checkAdapter(
  model: Pick<LanguageModel, 'complete' | 'identity'>,
  recorded: AdapterPrints | null,
  signal?: AbortSignal,
): Promise<AdapterVerdict> {
  const { adapter, engine } = model.identity;
  if (adapter === null) {
    throw new PermanentError('There is no adapter to check.', { code: 'adapter.none' });
  }
  // Side by side: whoever starts the twin waits for it.
  const [own, base, strange] = await Promise.all([
    printsOrRefusal(model, adapter, signal),
    takePrints(model, null, signal),
    printsOrRefusal(model, `no-such-adapter-${randomUUID()}`, signal),
  ]);
  if (own === 'refused') {
    return verdict(
      { differs: 0, matches: null, bogus: 'refused' },
      `The server does not know the adapter “${adapter}”.`,
    );
  }
  const differs = own.filter((print, index) => !agree(print, base[index] ?? '')).length;
  const bogus = strange === 'refused' ? strange : agreeing(strange, base) ? 'base' : 'other';
  const matches = recorded && count(own, recorded.prints);
  const found = { differs, matches, bogus } as const;
  if (differs < leastDifferent) {
    return verdict(
      found,
      `“${adapter}” answers like the bare base model on ${probePrompts.length - differs} of ${probePrompts.length} prompts: ${engine} does not serve it, or its weights do nothing.`,
    );
  }
  if (bogus === 'other') {
    return verdict(
      found,
      `A name that no adapter has is not answered by the base model either: this server gives adapters to whoever asks for anything.`,
    );
  }
  if (matches !== null && matches < leastMatching) {
    return verdict(
      found,
      `“${adapter}” speaks as recorded on only ${matches} of ${probePrompts.length} prompts: it is another version of it, or another base model.`,
    );
  }
  return verdict(found, null);
}

async function printsOrRefusal(
  model: Pick<LanguageModel, 'complete'>,
  adapter: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | 'refused'> {
  try {
    return await takePrints(model, adapter, signal);
  } catch (error) {
    if (error instanceof PermanentError) return 'refused';
    throw error;
  }
}

const agreeing = (some: readonly string[], others: readonly string[]): boolean =>
  count(some, others) >= leastMatching;

const count = (some: readonly string[], others: readonly string[]): number =>
  some.filter((print, index) => agree(print, others[index] ?? '')).length;

function agree(a: string, b: string): boolean {
  if (a === b) return true;
  const [one, other] = [words(a), words(b)];
  if (Math.min(one.length, other.length) < sameWords) return false;
  return one.slice(0, sameWords).join(' ') === other.slice(0, sameWords).join(' ');
}

const words = (text: string): readonly string[] => text.split(/\s+/u).filter(Boolean);

const verdict = (
  found: Pick<AdapterVerdict, 'differs' | 'matches' | 'bogus'>,
  problem: string | null,
): AdapterVerdict => ({ ...found, passed: problem === null, problem });

/** What a release is refused with. */
export const adapterMismatch = (problem: string): PermanentError =>
  new PermanentError(`The release is refused: ${problem}`, {
    code: 'adapter.mismatch',
    hint: 'Start the model server with this adapter, or take LLM_ADAPTER back. After a wanted change record it anew: understudy adapter record.',
  });
