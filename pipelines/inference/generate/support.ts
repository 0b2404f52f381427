import { contentStems } from '../../serving/chat/extractive/terms.ts';
import type { Passage } from '../../serving/chat/port.ts';
import { speaksAnother } from './language.ts';
import { standsIn, type Vocabulary } from './vocabulary.ts';

/**
 * How much of what was said stands in the passages it cites: the share of its telling words, by stem. 0 … 1, higher is
 * better; 0 for an answer that cites nothing; null where words cannot tell: it says none, or in another language.
 */
export function carriedBy(
  said: string,
  cited: readonly Passage[],
  vocabulary: Vocabulary,
): number | null {
  const languages = [...new Set(cited.flatMap(({ language }) => language ?? []))];
  const telling = contentStems(said, languages);
  if (telling.length === 0) return null;
  if (cited.length === 0) return 0;
  if (speaksAnother(said, cited)) return null;
  return telling.filter(standsIn(cited.map(vocabulary))).length / telling.length;
}
