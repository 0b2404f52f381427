import { type Token, tokenize } from '../models/tokens.ts';
import { embedded, relevance, sigmoid } from './model.ts';
import type { Settings } from './settings.ts';
import type { WrongVectors } from './types.ts';

/** A refusal: its status, and the router's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly type: 'Empty' | 'Validation' | 'Tokenizer' | 'Backend' | 'Overloaded' | 'Unhealthy';

  constructor(status: number, type: Refusal['type'], message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export type Answering = {
  readonly settings: Settings;
  readonly wrong: WrongVectors | undefined;
  readonly batch: (size: number) => void;
  readonly cut: (text: string) => void;
};

type EmbedBody = {
  readonly inputs: string | readonly string[];
  readonly normalize?: boolean;
  readonly truncate?: boolean | null;
  readonly truncation_direction?: 'Left' | 'Right';
  readonly prompt_name?: string | null;
  readonly dimensions?: number | null;
};

export function embed(answering: Answering, body: EmbedBody): readonly unknown[] {
  const { settings, wrong } = answering;
  if (settings.serves !== 'embeddings') {
    throw new Refusal(424, 'Backend', 'Model is not an embedding model');
  }
  const texts = typeof body.inputs === 'string' ? [body.inputs] : body.inputs;
  hold(answering, texts.length, '`inputs` cannot be empty');
  const prefix = prefixOf(settings, body.prompt_name);
  const dimensions = body.dimensions ?? settings.dimensions;
  if (dimensions < 1 || dimensions > settings.dimensions) {
    const message = `\`dimensions\` should be positive and less than ${settings.dimensions}. Given: ${dimensions}`;
    throw new Refusal(422, 'Validation', `Input validation error: ${message}`);
  }
  const vectors = texts.map((text) => {
    const read = fitted(answering, `${prefix}${text}`, body);
    return embedded(read, dimensions, body.normalize ?? true);
  });
  return wrong === undefined ? vectors : spoiled(vectors, wrong);
}

type RerankBody = {
  readonly query: string;
  readonly texts: readonly string[];
  readonly raw_scores?: boolean;
  readonly return_text?: boolean;
  readonly truncate?: boolean | null;
};

export function rerank(answering: Answering, body: RerankBody): readonly unknown[] {
  const { settings, wrong } = answering;
  if (settings.serves !== 'rerank') {
    throw new Refusal(424, 'Backend', 'Model is not a re-ranker model');
  }
  hold(answering, body.texts.length, '`texts` cannot be empty');
  const ranks = body.texts.map((text, index) => {
    // The pair is what has to fit.
    const read = fitted(answering, `${body.query} ${text}`, body).slice(body.query.length + 1);
    const logit = relevance(body.query, read);
    const score = body.raw_scores ? logit : sigmoid(logit);
    return { index, score, ...(body.return_text && { text }) };
  });
  ranks.sort((a, b) => b.score - a.score);
  switch (wrong) {
    case undefined:
    case 'not unit length':
      return ranks;
    case 'one fewer':
      return ranks.slice(1);
    case 'one more':
      return [...ranks, { index: body.texts.length, score: 0 }];
    case 'shorter':
      return ranks.map(({ score }) => ({ score, index: 0 }));
    case 'not a number':
      return ranks.map((rank, at) => (at === 0 ? { ...rank, score: null } : rank));
  }
}

export function openaiEmbed(
  answering: Answering,
  body: { readonly input: string | readonly string[]; readonly dimensions?: number | null },
): object {
  const vectors = embed(answering, { inputs: body.input, dimensions: body.dimensions ?? null });
  const texts = typeof body.input === 'string' ? [body.input] : body.input;
  const tokens = texts.reduce((sum, text) => sum + tokensOf(text).length, 0);
  return {
    object: 'list',
    data: vectors.map((embedding, index) => ({ object: 'embedding', embedding, index })),
    model: answering.settings.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

export function counted(
  { settings }: Answering,
  body: {
    readonly inputs: string | readonly string[];
    readonly add_special_tokens?: boolean;
    readonly prompt_name?: string | null;
  },
): readonly unknown[] {
  const prefix = prefixOf(settings, body.prompt_name);
  const texts = typeof body.inputs === 'string' ? [body.inputs] : body.inputs;
  return texts.map((text) => {
    const pieces = tokenize(`${prefix}${text}`).map((token) => ({ ...token, special: false }));
    if (body.add_special_tokens === false) return pieces;
    const special = (id: number, name: string) => ({ id, text: name, special: true });
    return [special(101, '[CLS]'), ...pieces, special(102, '[SEP]')];
  });
}

/** A text as the model reads it, whole or cut; the special tokens count. */
function fitted(
  { settings, cut }: Answering,
  text: string,
  {
    truncate,
    truncation_direction: direction,
  }: Pick<EmbedBody, 'truncate' | 'truncation_direction'>,
): string {
  const { maxInputLength: most } = settings;
  // Before anything is cut, whatever the request says.
  if (text.length > most * 250) {
    const message = `\`inputs\` must have less than ${most * 250} characters. Given: ${text.length}`;
    throw new Refusal(422, 'Validation', `Input validation error: ${message}`);
  }
  const tokens = tokensOf(text);
  if (tokens.length <= most) return text;
  if (!(truncate ?? settings.autoTruncate)) {
    const message = `\`inputs\` must have less than ${most} tokens. Given: ${tokens.length}`;
    throw new Refusal(422, 'Validation', `Input validation error: ${message}`);
  }
  cut(text);
  const pieces = tokenize(text).map((token) => token.text);
  const room = most - 2;
  return (direction === 'Left' ? pieces.slice(-room) : pieces.slice(0, room)).join('');
}

function tokensOf(text: string): readonly (Token | null)[] {
  return [null, ...tokenize(text), null];
}

function hold({ settings, batch }: Answering, size: number, empty: string): void {
  if (size === 0) throw new Refusal(400, 'Empty', empty);
  const most = settings.maxClientBatchSize;
  if (size > most) {
    const message = `batch size ${size} > maximum allowed batch size ${most}`;
    throw new Refusal(settings.oversized, 'Validation', message);
  }
  batch(size);
}

function prefixOf({ prompts }: Settings, name: string | null | undefined): string {
  if (name === undefined || name === null) return '';
  const prefix = prompts[name];
  if (prefix === undefined) {
    const message = `\`default-prompt-name=${name}\` not found in model prompts.`;
    throw new Refusal(422, 'Validation', `Input validation error: ${message}`);
  }
  return prefix;
}

function spoiled(vectors: readonly number[][], how: WrongVectors): readonly unknown[] {
  const [first = [], ...others] = vectors;
  switch (how) {
    case 'one fewer':
      return others;
    case 'one more':
      return [...vectors, first];
    case 'shorter':
      return [first.slice(1), ...others];
    case 'not a number':
      return [[null, ...first.slice(1)], ...others];
    case 'not unit length':
      return [first.map((value) => value * 3), ...others];
  }
}
