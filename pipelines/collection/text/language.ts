import { detectAll } from 'tinyld';

/** Under this many letters a guess is a coin toss ("npm install" is Norwegian, or English, or Dutch). */
const fewestLetters = 120;
/** Passages that vote, and how much of each is read, characters. */
const mostPassages = 12;
const passageLength = 250;
/** Letters after which agreement settles it: asking on would cost most of the time of a collection. */
const enoughLetters = 350;
/** Letters' worth of votes that the winner needs, of all that were cast. */
const majority = 0.6;
/** The detector knows these and sees them in lists of names; nobody's blog was in them so far. */
const implausible = new Set(['ber', 'tlh', 'vo', 'jbo', 'la', 'eo']);

/**
 * The language a text states for itself, or null where that is no language tag. Regions are left out
 * (en-US is en), so that a reader's "in English" means all of it.
 */
export function statedLanguage(tag: unknown): string | null {
  if (typeof tag !== 'string' || tag.length > 35) return null;
  try {
    const { language, script } = new Intl.Locale(tag.trim().replaceAll('_', '-'));
    if (!language || language === 'und') return null;
    return script ? `${language}-${script}` : language;
  } catch {
    return null;
  }
}

/**
 * The language most of a Markdown text is written in (ISO 639-1), or null where that is unsure.
 *
 * Passages vote one by one: over a whole technical text, names and lists outweigh the sentences.
 */
export function detectLanguage(markdown: string): string | null {
  const passages = prose(markdown.slice(0, 20_000))
    .map((text) => ({ text: text.slice(0, passageLength), letters: letters(text) }))
    .filter((passage) => passage.letters >= 40)
    .slice(0, mostPassages);
  const votes = new Map<string, number>();
  let cast = 0;
  for (const passage of passages) {
    cast += passage.letters;
    const [best] = detectAll(passage.text);
    if (!best || best.accuracy < 0.2 || implausible.has(best.lang)) continue;
    const vote = (votes.get(best.lang) ?? 0) + passage.letters;
    votes.set(best.lang, vote);
    if (vote >= enoughLetters && vote === cast) return best.lang;
  }
  if (cast < fewestLetters) return null;
  const [winner] = [...votes].sort(([, a], [, b]) => b - a);
  return winner && winner[1] >= majority * cast ? winner[0] : null;
}

function letters(text: string): number {
  const spaceless = text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/gu);
  // A character of those scripts tells as much as a few letters do.
  return (
    (text.slice(0, passageLength).match(/\p{L}/gu)?.length ?? 0) + 2 * (spaceless?.length ?? 0)
  );
}

/** The paragraphs without what tells nothing about the language, and misleads: code, addresses, markup. */
function prose(markdown: string): readonly string[] {
  return (
    markdown
      .replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^\1[^\n]*$|(?![\s\S]))/gm, '\n\n')
      .replace(/^(?: {4}|\t).*$/gm, '')
      .replace(/`[^`\n]*`/g, ' ')
      .replace(/<[^>\n]{0,500}>/g, ' ')
      .replace(/!\[[^\]\n]*\]\([^)\n]*\)/g, ' ')
      .replace(/\]\([^)\n]*\)|\]\[[^\]\n]*\]/g, '] ')
      .replace(/https?:\/\/\S+/g, ' ')
      // Acronyms and names of things: a rare cluster of letters weighs more than ten plain words.
      .replace(/\b(?:[A-Z][A-Z0-9]+s?|\w+(?:[._/-]\w+)+|\w*\d\w*)\b/g, ' ')
      .replace(/^\|.*$/gm, ' ')
      .split(/\n\s*\n/)
      .map((text) =>
        text
          .replace(/[#*_|>[\]=~-]+/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      )
  );
}
