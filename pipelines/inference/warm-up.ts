import { extractiveModel } from '../serving/chat/extractive/model.ts';
import { type Answering, ask } from './ask.ts';
import { longestRead } from './retrieve/reading.ts';

/** Too long for a model to be asked to read it, most of it blank. */
const text = 'What is this about?'.padEnd(longestRead + 1);

/**
 * Goes the way of a question that nobody asked, so that the first real one finds everything read and compiled. It is
 * answered by quoting, and not traced: a start costs no generation. With nothing indexed there is nothing to warm.
 */
export async function warmUp(answering: Answering): Promise<void> {
  const question = { text, history: [], now: new Date().toISOString() };
  const warming = ask({ ...answering, model: extractiveModel() }, question);
  await Array.fromAsync(warming).catch(() => undefined);
}
