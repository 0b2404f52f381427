import OpenAI from 'openai';
import type { OpenClient } from '../../serving/client.ts';
import { mustBeWhole, systemPrompt, userPrompt } from '../../serving/reply.ts';

export const open: OpenClient = async ({ url }) => {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' });
  return {
    async ask() {
      const askedAt = performance.now();
      let firstMs = Number.NaN;
      let text = '';
      const stream = await client.chat.completions.create({
        model: 'tgi',
        stream: true,
        max_tokens: 128,
        messages: [
          { role: 'system', content: systemPrompt },
          { role: 'user', content: userPrompt },
        ],
      });
      for await (const chunk of stream) {
        const content = chunk.choices[0]?.delta.content ?? '';
        if (text === '' && content !== '') firstMs = performance.now() - askedAt;
        text += content;
      }
      mustBeWhole(text);
      return firstMs;
    },
  };
};
