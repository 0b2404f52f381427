import type { Shown } from './venue.ts';

const code = /QX\d{6}/gu;

/** The codes of topics in a text, as often as they stand there. */
export const codesIn = (text: string): readonly string[] => text.match(code) ?? [];

export const timesIn = (text: string, codes: readonly string[]): number =>
  codesIn(text).filter((found) => codes.includes(found)).length;

/** Messages by the codes that they show or once showed. */
export function indexByCode(shown: readonly Shown[]): ReadonlyMap<string, ReadonlySet<Shown>> {
  const index = new Map<string, Set<Shown>>();
  for (const message of shown) {
    for (const text of [message.text, ...message.versions.map((version) => version.text)]) {
      for (const found of codesIn(text)) {
        index.set(found, (index.get(found) ?? new Set()).add(message));
      }
    }
  }
  return index;
}

/** The most times that these codes stood in these messages at one moment. */
export function mostAtOnce(messages: Iterable<Shown>, codes: readonly string[]): number {
  const changes = [...messages]
    .flatMap((message) => message.versions.map(({ atMs, text }) => ({ message, atMs, text })))
    .sort((a, b) => a.atMs - b.atMs);
  const now = new Map<Shown, number>();
  let most = 0;
  for (const { message, text } of changes) {
    now.set(message, timesIn(text, codes));
    most = Math.max(
      most,
      now.values().reduce((sum, count) => sum + count, 0),
    );
  }
  return most;
}
