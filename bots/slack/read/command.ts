import { nearest } from '../../conversation/nearest.ts';

/** What follows `/twin`. */
export const subcommands = ['ask', 'sources', 'style', 'settings', 'summary', 'help'] as const;
export type Subcommand = (typeof subcommands)[number];

export type Command =
  | { readonly kind: 'known'; readonly name: Subcommand; readonly rest: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly nearest: string | undefined };

/** Nothing at all asks for help. */
export function readCommand(text: string): Command {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/u.exec(text) ?? [];
  if (word === '') return { kind: 'known', name: 'help', rest: '' };
  const lower = word.toLowerCase();
  const name = subcommands.find((known) => known === lower);
  if (name !== undefined) return { kind: 'known', name, rest: rest.trim() };
  return { kind: 'unknown', name: word, nearest: nearest(lower, subcommands) };
}

/** A link to a message as "Copy link" gives it: its channel, and the first message of its thread. */
export function readPermalink(
  text: string,
): { readonly channel: string; readonly root: string } | undefined {
  const found = /<?(https:\/\/[^\s|>]+\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})[^\s|>]*)/u.exec(
    text,
  );
  if (found === null) return undefined;
  const [, url = '', channel = '', seconds = '', micros = ''] = found;
  const thread = URL.canParse(url) ? new URL(url).searchParams.get('thread_ts') : null;
  return { channel, root: thread ?? `${seconds}.${micros}` };
}
