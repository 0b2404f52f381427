/** A part of an answer, as inference hands it over. */
export type CitedPart = { readonly text: string; readonly citations: readonly number[] };

/** An answer as Markdown that grows, with its citations drawn behind what they carry. */
export type CitedText = {
  add(part: CitedPart): void;
  /** Without the marks of the last part, which the next may still push back. */
  settled(): string;
  whole(): string;
};

/** Inside a fence or a table row a mark would be content: it gets a line of its own. */
const endsInBlock = /(?:^|\n)(?:`{3,}|~{3,}|\|.*\|)\s*$/u;
const beginsBlock = /^\s*(?:`{3,}|~{3,}|\|)/u;

/**
 * Sentences that run on from the same sources share the mark after the last of them, and so do a block and the
 * sentence that introduces it.
 */
export function openCitedText(markOf: (number: number) => string): CitedText {
  let markdown = '';
  let pending = '';
  let pendingOf = '';
  return {
    add({ text, citations }) {
      const same = citations.length > 0 && pendingOf === citations.join();
      const runsOn = same && !text.startsWith('\n') && pending.startsWith(' ');
      markdown += runsOn || (same && beginsBlock.test(text)) ? text : pending + text;
      const marks = citations.map(markOf).join(' ');
      pending = marks && `${endsInBlock.test(text) ? '\n\n' : ' '}${marks}`;
      pendingOf = citations.join();
    },
    settled: () => markdown,
    whole: () => markdown + pending,
  };
}
