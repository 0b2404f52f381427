import { z } from 'zod';
import type { LanguageModel } from '../language-model/port.ts';
import { completed } from '../language-model/read.ts';

/**
 * What every adapter is asked: openings that leave a voice free to show itself, and that no training set holds.
 * Changing one makes every recorded print worthless: add a version instead.
 */
export const probePrompts = [
  'Describe the view from a window you know well.',
  'Someone asks you for advice before their first day at a new job. What do you say?',
  'Explain to a friend why a plan that looked good did not work out.',
  'Write the first two sentences of a note about a Tuesday.',
  'What makes a tool pleasant to use?',
  'Tell a colleague that you disagree, and why that is all right.',
  'Sum up what you think about asking for help.',
  'Which small habit would you keep if you had to drop all the others?',
] as const;

/** Long enough to tell two voices apart, short enough to be cheap. */
const printTokens = 32;

export const adapterPrintsSchema = z.object({
  version: z.literal(1),
  /** What they were taken from. */
  model: z.string(),
  revision: z.string().nullable(),
  adapter: z.string(),
  takenAt: z.iso.datetime(),
  /** Greedy continuations of `probePrompts`, in their order. */
  prints: z.array(z.string()).length(probePrompts.length),
});
export type AdapterPrints = z.infer<typeof adapterPrintsSchema>;

export const adapterPrintsType = 'application/vnd.understudy.adapter-prints+json';

/** What the model says to each prompt, greedily. @param adapter null for the bare base. */
export async function takePrints(
  model: Pick<LanguageModel, 'complete'>,
  adapter: string | null,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const prints: string[] = [];
  // One after the other: the more runs in a batch, the likelier another of two equal tokens wins.
  for (const content of probePrompts) {
    const reply = await completed(
      model,
      {
        messages: [{ role: 'user', content }],
        maxTokens: printTokens,
        temperature: 0,
        seed: 0,
        adapter,
      },
      signal,
    );
    prints.push(reply.text.trim());
  }
  return prints;
}
