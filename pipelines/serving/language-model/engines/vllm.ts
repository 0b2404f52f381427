import { z } from 'zod';
import { readBase } from './models.ts';
import { openAiFormat, type Profile } from './profile.ts';

const counted = z.object({ count: z.number().int().nonnegative() });

export const vllm: Profile = {
  engine: 'vllm',
  healthPath: '/health',
  read: readBase,
  select: ({ model }, adapter) => ({ model: adapter ?? model }),
  format: openAiFormat,
  async count(ask, { model }, messages) {
    const body = { model, messages, add_generation_prompt: true };
    return (await ask({ path: '/tokenize', body, schema: counted })).count;
  },
};
