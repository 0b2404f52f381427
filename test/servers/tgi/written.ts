import { tokenize } from '../models/tokens.ts';
import { punished } from './model.ts';
import type { Chat, Engine } from './types.ts';

/** A reply as the engine wrote it: its pieces, and why it stopped. */
export type Written = {
  readonly pieces: readonly string[];
  readonly finish: 'stop' | 'stop_sequence' | 'length';
};

/** Holds what the model says to the request: penalty, stop sequences, length. One piece is one token. */
export function written(
  engine: Engine,
  chat: Chat,
  said: string | readonly string[],
  room: number,
): Written {
  const raw = typeof said === 'string' ? tokenize(said).map(({ text }) => text) : said;
  const spoken = chat.repetitionPenalty === 1 ? raw : raw.map((piece) => punished(piece, 2));
  // llama.cpp writes one token where none was asked for.
  const most = Math.min(Math.max(chat.maxTokens ?? room, 1), room);
  const pieces: string[] = [];
  let text = '';
  for (const piece of spoken) {
    if (pieces.length === most) return { pieces, finish: 'length' };
    text += piece;
    const stop = chat.stop.find((one) => text.includes(one));
    if (stop === undefined) {
      pieces.push(piece);
      continue;
    }
    // TGI looks at the end of what it wrote, and leaves the sequence in it.
    if (engine === 'tgi') return { pieces: [...pieces, piece], finish: 'stop_sequence' };
    const before = text.slice(0, text.indexOf(stop));
    const rest = before.slice(pieces.join('').length);
    return { pieces: rest === '' ? pieces : [...pieces, rest], finish: 'stop' };
  }
  return { pieces, finish: 'stop' };
}
