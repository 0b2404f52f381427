import { discordMarkdown } from '../../markdown/discord.ts';
import { healMarkdown } from '../../markdown/heal.ts';
import { splitMarkdown } from '../../markdown/split.ts';
import type { Say } from '../../strings/strings.ts';
import { buttonsFor } from './buttons.ts';
import { citedMarkdown, webLink } from './cited.ts';
import { type Component, firstId, type Page, roles, separator, small, text } from './components.ts';
import { noteOn } from './notes.ts';
import { escaped, sourcesText } from './sources.ts';
import { type AnswerState, citedSources } from './state.ts';

export type Layout = {
  readonly turn: string;
  readonly say: Say;
  /** The question, where people would not see it otherwise: a command's options are hidden. */
  readonly quote: string | null;
  /** What kind of answer it is, where that is not plain. */
  readonly title: string | null;
  /** Lines that go under the answer once it is there. */
  readonly remarks: readonly string[];
  /** Answered in a thread, which can be resolved. */
  readonly resolvable: boolean;
};

/** All text of one message together, in UTF-16 units: never less than what Discord counts. */
const mostText = 4_000;
const mostQuote = 300;
/** So long a piece of the answer that the question, a note and short sources fit beside it. */
const mostAnswer = 3_000;
const mostFoot = 380;

/** An answer as the messages it takes, each within Discord's limits. */
export function pagesOf(state: AnswerState, layout: Layout): readonly Page[] {
  const { turn, say, resolvable } = layout;
  const first = firstId(turn);
  const bodies: Component[][] = answerPieces(state).map((piece) => [
    text(piece, first + roles.answer),
  ]);
  if (bodies.length === 0) bodies.push([]);
  if (layout.quote?.trim()) {
    bodies[0]?.unshift(text(quoted(layout.quote), first + roles.quote));
  }
  if (layout.title !== null) {
    bodies[0]?.unshift(text(`**${layout.title}**`, first + roles.title));
  }
  const note = noteOn(state, say);
  const remarks = state.end === null ? [] : layout.remarks;
  const foot = [...(note === null ? [] : [note]), ...remarks]
    .map(small)
    .join('\n')
    .slice(0, mostFoot);
  if (foot !== '') bodies.at(-1)?.push(text(foot, first + roles.note));
  appendSources(bodies, state, layout);
  bodies.at(-1)?.push(...buttonsFor(turn, state, say, resolvable));
  return bodies;
}

function answerPieces(state: AnswerState): readonly string[] {
  const markdown = citedMarkdown(state.parts, state.sources);
  if (markdown.trim() === '') return [];
  // Content is data: a link is one only where it leads to a source that was retrieved.
  const retrieved = new Set(state.sources.map(({ link }) => webLink(link)));
  const mayLink = (url: string) => retrieved.has(webLink(url));
  const render = (piece: string) => discordMarkdown(piece, { mayLink });
  const whole = state.end === null ? healMarkdown(markdown) : markdown;
  return splitMarkdown(whole, mostAnswer, { measure: (piece) => render(piece).length })
    .map(render)
    .filter((piece) => piece.trim() !== '');
}

/** Sources belong under the end of the answer; where they do not fit any more they get a message of their own. */
function appendSources(bodies: Component[][], state: AnswerState, { say, turn }: Layout): void {
  if (state.end === null || state.end.type === 'stopped') return;
  const cited = citedSources(state);
  if (cited.length === 0) return;
  let shown = cited.length;
  let listed = sourcesText(cited, say);
  while (listed.length > mostText - 100) {
    shown -= 1;
    const more = say('sources.more', { count: cited.length - shown });
    listed = `${sourcesText(cited.slice(0, shown), say)}\n-# ${more}`;
  }
  const last = bodies.at(-1) ?? [];
  const component = text(listed, firstId(turn) + roles.sources);
  if (lengthOf(last) + listed.length > mostText) bodies.push([component]);
  else last.push(...(last.length > 0 ? [separator] : []), component);
}

const lengthOf = (components: readonly Component[]): number =>
  components.reduce(
    (sum, { content }) => sum + (typeof content === 'string' ? content.length : 0),
    0,
  );

function quoted(question: string): string {
  const words = question.replace(/\s+/gu, ' ').trim();
  const cut = words.length > mostQuote ? `${words.slice(0, mostQuote - 1)}…` : words;
  const line = escaped(cut);
  // Escaping can double the length of a question that is all marks.
  return `> ${line.length > 2 * mostQuote ? escaped(cut.slice(0, mostQuote / 3)) : line}`;
}
