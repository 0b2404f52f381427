import { codesIn, indexByCode, mostAtOnce, timesIn } from './codes.ts';
import type { Shown } from './venue.ts';

/** A question as the audit looks at it. */
export type Question = {
  /** The scenario it was asked in. */
  readonly name: string;
  readonly place: string;
  /** One of these stands in the answer, and nowhere else; none where no answer is to be had. */
  readonly codes: readonly string[];
  /** Most lines without a code that it may bring about: one, and more for a question in several messages. */
  readonly lines: number;
  /** Why silence would be honest here: the question was taken back, or the platform told the asker. */
  readonly silence: string | null;
  /** The kill that it ran into. */
  readonly killed: string | null;
};

export type Finding = {
  readonly kind: (typeof findingKinds)[number];
  readonly what: string;
  /** The kill that explains it. */
  readonly killed: string | null;
};

export const findingKinds = [
  'doubled',
  'doubled for a while',
  'unanswered',
  'uncalled for',
  'unknown words',
  'unfinished',
  'pinged',
] as const;

export type Audit = {
  readonly answered: number;
  /** Told honestly that there is no answer. */
  readonly told: number;
  readonly silent: number;
  readonly findings: readonly Finding[];
};

/** What a text without a code is: said instead of an answer, said besides, or nothing that the twin should say. */
export type Honesty = (text: string) => 'line' | 'aside' | 'unknown';

/**
 * Looks at everything the twin ever showed: each question has one answer or one honest line, no text stands or
 * stood twice, nothing is unfinished and nobody was pinged.
 */
export function audit(
  questions: readonly Question[],
  shown: readonly Shown[],
  honest: Honesty,
): Audit {
  const findings: Finding[] = [];
  const kills = new Map(questions.map(({ place, killed }) => [place, killed]));
  const killedAt = (place: string) => kills.get(place) ?? null;
  const find = (kind: Finding['kind'], what: string, killed: string | null) =>
    findings.push({ kind, what, killed });

  for (const { id, place, unfinished, pings, text } of shown) {
    if (unfinished !== null) {
      find('unfinished', `${place} ${id}: ${unfinished}: ${cut(text)}`, killedAt(place));
    }
    for (const ping of pings) find('pinged', `${place} ${id}: ${ping}`, null);
  }

  const isAnswer = answersAmong(questions, shown);
  const lines = linesByPlace(shown, isAnswer, honest, (message) =>
    find('unknown words', `${message.place} ${message.id}: ${cut(message.text)}`, null),
  );
  const byCode = indexByCode(shown);
  const counts = { answered: 0, told: 0, silent: 0 };
  for (const { name, place, codes, killed, silence, lines: most } of questions) {
    const messages = new Set(codes.flatMap((code) => [...(byCode.get(code) ?? [])]));
    const mine = [...messages].filter((message) => message.text === '' || isAnswer(message));
    const count = mine.reduce((sum, { text }) => sum + timesIn(text, codes), 0);
    if (count > 1) {
      const where = mine.map(({ id, text }) => `${id} “${cut(text)}”`).join(', ');
      find('doubled', `${name} in ${place}: its answer stands ${count} times: ${where}`, killed);
    } else if (mostAtOnce(mine, codes) > 1) {
      find('doubled for a while', `${name} in ${place}`, killed);
    }
    if (count > 0) {
      counts.answered += 1;
      lines.spend(place, most - 1);
    } else if (lines.spend(place, most) > 0) counts.told += 1;
    else {
      counts.silent += 1;
      if (silence === null) find('unanswered', `${name} in ${place}`, killed);
    }
  }
  for (const { place, texts } of lines.left()) {
    find('uncalled for', `${place}: ${texts.map(cut).join(' | ')}`, killedAt(place));
  }
  return { ...counts, findings };
}

/**
 * Whether a message answers one of the questions. An answer that had to go elsewhere counts where it stands; what is
 * only quoted from another question's answer does not.
 */
function answersAmong(
  questions: readonly Question[],
  shown: readonly Shown[],
): (message: Shown) => boolean {
  const homes = new Map(questions.flatMap(({ codes, place }) => codes.map((one) => [one, place])));
  const standing = new Set(
    shown.flatMap(({ place, text }) => codesIn(text).map((one) => `${place} ${one}`)),
  );
  return ({ place, text }) =>
    codesIn(text).some((one) => {
      const home = homes.get(one);
      return home === place || (home !== undefined && !standing.has(`${home} ${one}`));
    });
}

/** What the twin said without answering, by place, for the questions there to account for. */
function linesByPlace(
  shown: readonly Shown[],
  isAnswer: (message: Shown) => boolean,
  honest: Honesty,
  unknown: (message: Shown) => void,
) {
  const lines = new Map<string, string[]>();
  for (const message of shown) {
    const { place, text } = message;
    if (text === '' || isAnswer(message)) continue;
    const kind = codesIn(text).length > 0 ? 'line' : honest(text);
    if (kind === 'unknown') unknown(message);
    if (kind !== 'aside') lines.set(place, [...(lines.get(place) ?? []), text]);
  }
  return {
    /** Accounts for as many lines; returns how many there were. */
    spend: (place: string, most: number): number =>
      lines.get(place)?.splice(0, Math.max(0, most)).length ?? 0,
    left: () =>
      [...lines].flatMap(([place, texts]) => (texts.length > 0 ? [{ place, texts }] : [])),
  };
}

const cut = (text: string): string => text.replaceAll('\n', ' ').slice(0, 160);
