import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Agent } from '@mastra/core/agent';
import type { OpenClient } from '../../serving/client.ts';
import { mustBeWhole, systemPrompt, userPrompt } from '../../serving/reply.ts';

export const open: OpenClient = async ({ url }) => {
  const agent = new Agent({
    id: 'stub',
    name: 'stub',
    instructions: systemPrompt,
    model: createOpenAICompatible({ name: 'stub', baseURL: `${url}/v1` })('tgi'),
  });
  return {
    async ask() {
      const askedAt = performance.now();
      let firstMs = Number.NaN;
      let text = '';
      const { textStream } = await agent.stream(userPrompt, {
        modelSettings: { maxOutputTokens: 128 },
      });
      for await (const content of textStream) {
        if (text === '' && content !== '') firstMs = performance.now() - askedAt;
        text += content;
      }
      mustBeWhole(text);
      return firstMs;
    },
  };
};
