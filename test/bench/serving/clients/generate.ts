import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import type { OpenClient } from '../client.ts';
import { mustBeWhole, systemPrompt, userPrompt } from '../reply.ts';

/** Our generation path alone: the language model behind its endpoints. */
export const open: OpenClient = async ({ url }) => {
  const model = await openLanguageModel({ endpoints: [{ url }] });
  const messages = [
    { role: 'system', content: systemPrompt },
    { role: 'user', content: userPrompt },
  ] as const;
  return {
    async ask() {
      const askedAt = performance.now();
      let firstMs = Number.NaN;
      let text = '';
      for await (const part of model.complete({ messages, maxTokens: 128 })) {
        if (part.type === 'finish') continue;
        if (text === '') firstMs = performance.now() - askedAt;
        text += part.text;
      }
      mustBeWhole(text);
      return firstMs;
    },
  };
};
