import type { Settings } from './settings.ts';

/** The values of a chat request that may lie outside what an engine takes. */
export type Values = {
  readonly max_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly stop?: readonly string[] | null;
  readonly presence_penalty?: number | null;
  readonly frequency_penalty?: number | null;
};

/** What the engine says of values out of range; undefined when it takes them. */
export function valueProblem(engine: Settings['engine'], values: Values): string | undefined {
  switch (engine) {
    case 'tgi':
      return tgiProblem(values);
    // It clamps, or samples with what it is given.
    case 'llamacpp':
    case 'ollama':
      return undefined;
    default:
      return openaiProblem(values);
  }
}

function tgiProblem(values: Values): string | undefined {
  const { top_p: topP, temperature, stop, max_tokens: maxTokens } = values;
  if (typeof topP === 'number' && (topP <= 0 || topP >= 1)) {
    return '`top_p` must be > 0.0 and < 1.0';
  }
  if (typeof temperature === 'number' && temperature < 0) {
    return '`temperature` must be strictly positive';
  }
  if (typeof values.presence_penalty === 'number' && values.presence_penalty <= -2) {
    return '`repetition_penalty` must be strictly positive';
  }
  if (typeof values.frequency_penalty === 'number' && Math.abs(values.frequency_penalty) > 2) {
    return '`frequency_penalty` must be >= -2.0 and <= 2.0';
  }
  if (stop && stop.length > 4) {
    return `\`stop\` supports up to 4 stop sequences. Given: ${stop.length}`;
  }
  if (maxTokens === 0) return '`max_new_tokens` must be strictly positive';
  return undefined;
}

function openaiProblem({
  top_p: topP,
  temperature,
  max_tokens: maxTokens,
}: Values): string | undefined {
  if (typeof topP === 'number' && (topP <= 0 || topP > 1)) return 'top_p must be in (0, 1]';
  if (typeof temperature === 'number' && temperature < 0) return 'temperature must be non-negative';
  if (maxTokens === 0) return 'max_tokens must be at least 1';
  return undefined;
}

/** What the engine says of a prompt that leaves no room for the reply; undefined when it fits. */
export function lengthProblem(
  { engine, maxTotalTokens: total }: Pick<Settings, 'engine' | 'maxTotalTokens'>,
  prompt: number,
  maxTokens: number | null,
): string | undefined {
  const asked = prompt + (maxTokens ?? 1);
  switch (engine) {
    case 'tgi':
      if (prompt > total - 1) {
        return `\`inputs\` must have less than ${total - 1} tokens. Given: ${prompt}`;
      }
      if (asked <= total) return undefined;
      return `\`inputs\` tokens + \`max_new_tokens\` must be <= ${total}. Given: ${prompt} \`inputs\` tokens and ${maxTokens} \`max_new_tokens\``;
    // They write for as long as there is room.
    case 'llamacpp':
    case 'ollama':
      if (prompt < total) return undefined;
      return `request (${prompt} tokens) exceeds the available context size (${total} tokens), try increasing it`;
    case 'sglang':
      if (asked <= total) return undefined;
      return `The input (${prompt} tokens) is longer than the model's context length (${total} tokens).`;
    default:
      if (asked <= total) return undefined;
      return `This model's maximum context length is ${total} tokens. However, you requested ${asked} tokens (${prompt} in the messages, ${maxTokens ?? 1} in the completion).`;
  }
}
