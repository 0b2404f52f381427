import type { ChatPart } from '../port.ts';
import type { ScoredUnit } from './score.ts';
import { withoutConnective } from './tidy.ts';
import type { Unit } from './units.ts';

/** A sentence that another leans on is brought along only when it is this short, in words. */
const longestSupport = 30;

/**
 * Puts what was picked into reading order (best passage first, then as it stands there) and yields it as
 * parts: sentences run on within a passage, every passage begins a paragraph, rows of one table share
 * its header. A unit that leans back gets the one before it, so that "It" has something to mean.
 */
export function* compose(
  chosen: readonly ScoredUnit[],
  unitsOfPassage: (passage: number) => readonly Unit[],
): Generator<ChatPart> {
  const order = [...new Set(chosen.map(({ unit }) => unit.passage.number))];
  let previous: Unit | undefined;
  for (const number of order) {
    const picked = chosen.map(({ unit }) => unit).filter((unit) => unit.passage.number === number);
    for (const run of inRuns(inReadingOrder(picked, unitsOfPassage(number)))) {
      let text = '';
      for (const unit of run) {
        text += `${separator(previous, unit)}${quoted(unit, previous)}`;
        previous = unit;
      }
      yield { type: 'text', text, citations: [number] };
    }
  }
}

/** Rows of one table and items of one list are said in one go: a citation between them would split it. */
function inRuns(units: readonly Unit[]): Unit[][] {
  const runs: Unit[][] = [];
  for (const unit of units) {
    const last = runs.at(-1);
    if (last !== undefined && unit.kind !== 'sentence' && last[0]?.block === unit.block)
      last.push(unit);
    else runs.push([unit]);
  }
  return runs;
}

function inReadingOrder(picked: readonly Unit[], all: readonly Unit[]): Unit[] {
  const indexes = new Set<number>();
  for (const unit of picked) {
    const before = all[unit.index - 1];
    if (unit.leansBack && before?.kind === 'sentence' && isShortSupport(before)) {
      indexes.add(before.index);
    }
    indexes.add(unit.index);
  }
  return withoutMarkers(all.filter(({ index }) => indexes.has(index)));
}

/** A question that the text asks itself is left out: the reader has just asked it. */
function isShortSupport({ length, text }: Unit): boolean {
  return length <= longestSupport && !/[?？]\W*$/u.test(text);
}

/** The unit as it is said: a leading connective goes unless what it connects to was just said. */
function quoted(unit: Unit, previous: Unit | undefined): string {
  const follows = continues(unit, previous);
  if (unit.kind === 'row') {
    const sameTable =
      previous?.kind === 'row' && previous.block === unit.block && samePassage(unit, previous);
    return unit.head === '' || sameTable ? unit.text : `${unit.head}\n${unit.text}`;
  }
  return unit.kind === 'sentence' && !follows ? withoutConnective(unit.text) : unit.text;
}

const marker = /^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/u;

/** A list item that stands alone reads as a sentence: "3." of what? */
function withoutMarkers(units: readonly Unit[]): Unit[] {
  return units.map((unit, index) => {
    const alone = [units[index - 1], units[index + 1]].every(
      (other) => other?.kind !== 'item' || other.block !== unit.block,
    );
    return unit.kind === 'item' && alone ? { ...unit, text: unit.text.replace(marker, '') } : unit;
  });
}

function separator(previous: Unit | undefined, unit: Unit): string {
  if (previous === undefined) return '';
  const together = samePassage(unit, previous);
  if (together && unit.kind === 'sentence' && previous.kind === 'sentence') return ' ';
  if (together && unit.block === previous.block && unit.kind === previous.kind) return '\n';
  return '\n\n';
}

function continues(unit: Unit, previous: Unit | undefined): boolean {
  return previous !== undefined && samePassage(unit, previous) && unit.index === previous.index + 1;
}

function samePassage(a: Unit, b: Unit): boolean {
  return a.passage.number === b.passage.number;
}
