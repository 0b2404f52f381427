import { z } from 'zod';
import type { Attempt } from '../endpoints/port.ts';
import { requestJson } from '../endpoints/request.ts';
import type { Asker } from './info.ts';

const schema = z.array(z.array(z.unknown()));

/** How many tokens the model reads each text as, its special tokens included (`POST /tokenize`). */
export async function countTeiTokens(
  attempt: Attempt,
  asker: Asker,
  texts: readonly string[],
): Promise<readonly number[]> {
  const request = { ...asker, path: '/tokenize', body: { inputs: texts }, schema };
  return (await requestJson(attempt, request)).map((tokens) => tokens.length);
}
