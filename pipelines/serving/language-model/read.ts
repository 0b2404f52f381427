import { z } from 'zod';
import { parsedJson } from '../../json.ts';
import { TransientError } from '../../stores/errors.ts';
import type { Completion, CompletionPart, LanguageModel } from './port.ts';

type Finish = Extract<CompletionPart, { type: 'finish' }>;

/** A whole reply, for who does not stream it. */
export async function completed(
  model: Pick<LanguageModel, 'complete'>,
  completion: Completion,
  signal?: AbortSignal,
): Promise<Finish & { readonly text: string }> {
  let text = '';
  for await (const part of model.complete(completion, signal)) {
    if (part.type === 'finish') return { ...part, text };
    text += part.text;
  }
  throw new TransientError('The model’s reply ended without finishing.', {
    code: 'chat.unfinished',
  });
}

/**
 * A reply held to a shape. Greedy, so that the same question is read the same way.
 *
 * @throws TransientError `chat.shape` when the reply is not of that shape: sampled again it may be.
 */
export async function completedAs<T>(
  model: Pick<LanguageModel, 'complete'>,
  {
    name,
    shape,
    ...completion
  }: Omit<Completion, 'schema'> & { name: string; shape: z.ZodType<T> },
  signal?: AbortSignal,
): Promise<Finish & { readonly value: T }> {
  const schema = { name, schema: z.toJSONSchema(shape) };
  const reply = await completed(model, { temperature: 0, ...completion, schema }, signal);
  const parsed = shape.safeParse(parsedJson(unfenced(reply.text)));
  if (parsed.success) return { ...reply, value: parsed.data };
  throw new TransientError(`The model’s reply is not a ${name}: ${z.prettifyError(parsed.error)}`, {
    code: 'chat.shape',
    hint: 'A model that keeps failing at this cannot follow JSON schemas: turn the feature off, or serve another.',
  });
}

/** Some servers only ask for JSON instead of enforcing it, and models then like to fence it. */
const unfenced = (text: string): string =>
  /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/u.exec(text)?.[1] ?? text;
