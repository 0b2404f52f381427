import type { ChunkSize } from '../../stores/features/manifest.ts';
import { divide } from './divide.ts';
import type { BlockSection, BlockUnit } from './sections.ts';
import { sentences } from './sentences.ts';
import { countTokens } from './tokens.ts';
import type { Unit } from './unit.ts';

/** A passage before it is cleaned: where it stands and what it was made of. */
export type Passage = {
  readonly start: number;
  readonly end: number;
  readonly path: readonly string[];
  readonly fence?: string;
  readonly columns?: string;
};

/** Closing a code block that a cut left open costs up to this many tokens. */
const reserve = 2;
/** A passage under this share of the target is too small to stand alone. */
const tiny = 0.25;

type Packing = ChunkSize & { readonly language: string | null };

/** Passages of a document: sections kept together while small, divided evenly when large. */
export function pack(content: string, sections: readonly BlockSection[], size: Packing): Passage[] {
  const packing = { ...size, max: size.max - reserve };
  return mergeSections(sections, packing).flatMap((section) =>
    packSection(content, section, packing),
  );
}

/** Neighbouring sections joined while one of them alone would be tiny. */
function mergeSections(sections: readonly BlockSection[], size: Packing): BlockSection[] {
  const merged: { path: readonly string[]; units: BlockUnit[]; tokens: number }[] = [];
  const least = size.target * tiny;
  for (const { path, units } of sections) {
    const tokens = total(units);
    const last = merged.at(-1);
    const onlyHeading = last?.units.every(({ kind }) => kind === 'heading') ?? false;
    const small = last && (last.tokens < least || tokens < least);
    if (last && (onlyHeading || (small && last.tokens + tokens <= size.target))) {
      last.path = jointPath(last.path, path);
      for (const unit of units) last.units.push(unit);
      last.tokens += tokens;
    } else {
      merged.push({ path, units: [...units], tokens });
    }
  }
  return merged;
}

/** The deeper of two paths when one continues the other, else what they share. */
function jointPath(a: readonly string[], b: readonly string[]): readonly string[] {
  const shared = a.findIndex((title, index) => title !== b[index]);
  if (shared === -1) return b;
  return shared === b.length ? a : a.slice(0, shared);
}

function packSection(content: string, { path, units }: BlockSection, size: Packing): Passage[] {
  const tokens = total(units);
  if (tokens <= size.max) return [passage(units, path)];
  // Even shares leave no tiny tail behind.
  const aim = tokens / Math.ceil(tokens / size.target);
  const pieces = piecesOf(content, units, size);
  const groups = mergeTail(group(pieces, aim, size), size);
  return groups.map((pieces, index) => {
    const before = groups[index - 1];
    return passage(before ? [...overlap(content, before, pieces, size), ...pieces] : pieces, path);
  });
}

/** Units divided so that each fits together with the headings that introduce it. */
function piecesOf(content: string, units: readonly BlockUnit[], size: Packing): Unit[] {
  const pieces: Unit[] = [];
  let headings = 0;
  for (const unit of units) {
    // A heading that leaves no room for text is treated as text.
    const glued = headings > size.max / 2 ? 0 : headings;
    const max = Math.max(1, Math.floor(size.max - glued));
    const prose = Math.min(size.target, max);
    const divided = divide(content, unit, { prose, max, language: size.language });
    // Not by spreading: a list of machine-made length would overflow the stack.
    for (const piece of divided) pieces.push(piece);
    const introduces = unit.kind === 'heading' && divided.length === 1;
    headings = introduces ? headings + unit.tokens : 0;
  }
  return pieces;
}

function group(pieces: readonly Unit[], aim: number, size: Packing): Unit[][] {
  const groups: Unit[][] = [];
  let current: Unit[] = [];
  let tokens = 0;
  for (const piece of pieces) {
    const joined = tokens + piece.tokens;
    const closer = Math.abs(joined - aim) <= Math.abs(tokens - aim);
    const introduced = current.at(-1)?.kind === 'heading';
    const fits = joined <= size.max && (introduced || tokens < size.target * tiny || closer);
    if (current.length > 0 && !fits) {
      const carried = headingsAtEnd(current, size.max - piece.tokens);
      if (carried < current.length) {
        groups.push(current.slice(0, current.length - carried));
        current = current.slice(current.length - carried);
      } else {
        groups.push(current);
        current = [];
      }
      tokens = total(current);
    }
    current.push(piece);
    tokens += piece.tokens;
  }
  if (current.length > 0) groups.push(current);
  return groups;
}

/** How many headings at the end introduce what comes next, as far as they fit before it. */
function headingsAtEnd(units: readonly Unit[], room: number): number {
  let count = 0;
  let tokens = 0;
  for (let index = units.length - 1; index >= 0; index--) {
    const unit = units[index];
    if (unit?.kind !== 'heading' || tokens + unit.tokens > room) break;
    tokens += unit.tokens;
    count++;
  }
  return count;
}

/** A tiny last group joins the one before where both fit. */
function mergeTail(groups: readonly Unit[][], { target, max }: Packing): Unit[][] {
  const last = groups.at(-1);
  const before = groups.at(-2);
  if (!last || !before || total(last) >= target * tiny) return [...groups];
  if (total(before) + total(last) > max) return [...groups];
  return [...groups.slice(0, -2), [...before, ...last]];
}

/** Whole sentences from the end of the passage before, as many as the policy's overlap takes. */
function overlap(
  content: string,
  before: readonly Unit[],
  next: readonly Unit[],
  size: Packing,
): Unit[] {
  const last = before.at(-1);
  const prose = last?.kind === 'prose' || last?.kind === 'sentence';
  if (!last || !prose || size.overlap === 0 || next[0]?.kind === 'heading') return [];
  const spans =
    last.kind === 'sentence'
      ? [last]
      : sentences(content, last.start, last.end, size.language).slice(1);
  const room = Math.min(size.overlap, size.max - total(next));
  let start: number | undefined;
  for (const span of spans.toReversed()) {
    // A passage that is all in the next one would say nothing of its own.
    if (span.start <= (before[0]?.start ?? 0)) break;
    if (countTokens(content, span.start, last.end) > room) break;
    // At the head of a passage it would make a comment of what follows, and cleaning would take that out.
    if (content.slice(span.start, last.end).includes('<!--')) break;
    start = span.start;
  }
  if (start === undefined) return [];
  return [
    { start, end: last.end, kind: 'sentence', tokens: countTokens(content, start, last.end) },
  ];
}

function passage(units: readonly Unit[], path: readonly string[]): Passage {
  const first = units[0];
  const last = units.at(-1);
  return {
    start: first?.start ?? 0,
    end: last?.end ?? 0,
    path,
    ...(first?.fence !== undefined && { fence: first.fence }),
    ...(first?.columns !== undefined && { columns: first.columns }),
  };
}

function total(units: readonly Unit[]): number {
  let sum = 0;
  for (const { tokens } of units) sum += tokens;
  return sum;
}
