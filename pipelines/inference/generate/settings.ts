import type { AnswerLength } from '../../serving/chat/port.ts';
import { leastSupport } from './gate.ts';
import type { Voice } from './messages.ts';

/** How answers are generated: part of a release, so that an answer can be replayed. */
export type GenerationSettings = {
  readonly voice: Voice;
  /** 0 is greedy. */
  readonly temperature: number;
  /** Null: the server draws its own. */
  readonly seed: number | null;
  /** Most tokens of a reply, reasoning included, by what was asked for; at most a third of the context is taken. */
  readonly maxTokens: Readonly<Record<AnswerLength | 'usual', number>>;
  /** 0 … 1: passages that carry a question less than this are not worth asking a model about. */
  readonly leastSupport: number;
  /** Tokens left free beyond prompt and reply, for what a count may miss. */
  readonly safetyTokens: number;
  /** Whether the model's chat template opens a block of reasoning itself, so that only its end is seen. */
  readonly startsThinking: boolean;
};

/** As shipped. A little warmth keeps the voice; a seed makes the same question the same answer. */
export const shippedGeneration: GenerationSettings = {
  voice: { author: 'the author', style: '' },
  temperature: 0.2,
  seed: 1,
  maxTokens: { short: 160, usual: 512, long: 1_200 },
  leastSupport,
  safetyTokens: 64,
  startsThinking: false,
};
