import type { ChatModel, ChatRequest } from '../port.ts';
import { compose } from './compose.ts';
import { atLength } from './length.ts';
import { type Asked, readQuestion } from './question.ts';
import { isQuotable, type ScoredUnit, scoreUnit } from './score.ts';
import { select } from './select.ts';
import { gatherEvidence, leastSupport, supportOf } from './support.ts';
import { type Unit, unitsOf } from './units.ts';

/** What the answerer makes of a request, before it says anything. */
export type Considered = {
  readonly asked: Asked;
  readonly units: readonly Unit[];
  readonly chosen: readonly ScoredUnit[];
  /** 0 … 1, higher is better. */
  readonly support: number;
};

/**
 * The embedded chat model: no weights, no server. It answers in the author's own sentences, picked from
 * the passages and cited, and says `unsupported` where they do not carry the question. Deterministic.
 */
export function extractiveModel(): ChatModel {
  return {
    name: 'extractive-1',
    async *stream(request, signal) {
      const { chosen, units, support } = consider(request);
      if (!isSupported({ chosen, support })) {
        yield { type: 'finish', reason: 'unsupported', support };
        return;
      }
      const byPassage = Map.groupBy(units, (unit) => unit.passage.number);
      for (const part of compose(chosen, (passage) => byPassage.get(passage) ?? [])) {
        if (signal?.aborted) return;
        yield part;
      }
      yield { type: 'finish', reason: 'stop', support };
    },
  };
}

/**
 * The whole decision as a pure function: what `stream` says follows from it. Whether there is an answer does
 * not depend on how long it is to be.
 */
export function consider({
  question,
  conditions = [],
  passages,
  idf,
  length,
}: ChatRequest): Considered {
  const languages = [...new Set(passages.flatMap(({ language }) => language ?? []))];
  const asked = readQuestion(question, idf, { languages, conditions });
  const units = passages.flatMap(unitsOf);
  const fresh = unsaid(units);
  const other = decide(fresh, asked);
  const decided =
    fresh.length === units.length || isSupported(other) ? other : decide(units, asked);
  const { scored, chosen, support } = decided;
  return { asked, units, chosen: atLength(chosen, scored, asked, length), support };
}

type Decision = Pick<Considered, 'chosen' | 'support'> & { readonly scored: readonly ScoredUnit[] };

function decide(units: readonly Unit[], asked: Asked): Decision {
  const scored = units
    .filter(isQuotable)
    .map((unit) => scoreUnit(unit, asked))
    .sort((a, b) => b.score - a.score || a.unit.passage.number - b.unit.passage.number);
  const chosen = select(scored, asked);
  return { scored, chosen, support: supportOf(gatherEvidence(asked, chosen, units)) };
}

const isSupported = ({ chosen, support }: Pick<Considered, 'chosen' | 'support'>) =>
  support >= leastSupport && chosen.length > 0;

/** What no earlier answer can have said: passages overlap, so a sentence may stand in another one too. */
function unsaid(units: readonly Unit[]): readonly Unit[] {
  const said = new Set(units.filter(({ passage }) => passage.usedBefore).map(({ text }) => text));
  return units.filter(({ text }) => !said.has(text));
}
