import { z } from 'zod';

const tokens = z.number().int().nonnegative();

/** One event of a chat stream, as far as it is read. */
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        // What is no text is thoughts, or audio.
        delta: z.object({ content: z.string().nullish().catch(null) }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z.object({ prompt_tokens: tokens, completion_tokens: tokens }).nullish().catch(null),
  /** llama.cpp's, in milliseconds. */
  timings: z.object({ prompt_ms: z.number(), predicted_ms: z.number() }).nullish().catch(null),
});

export type Chunk = z.infer<typeof chunkSchema>;

/** Null where it is not a chunk at all. */
export function readChunk(event: unknown): Chunk | null {
  return chunkSchema.safeParse(event).data ?? null;
}

/** Why a server says it stopped: TGI's own names, OpenAI's, and those of gateways. */
export const finishReasons: ReadonlyMap<string, 'stop' | 'length'> = new Map([
  ['stop', 'stop'],
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['eos', 'stop'],
  ['end_turn', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
]);
