import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { ChatOpenAI } from '@langchain/openai';
import type { OpenClient } from '../../serving/client.ts';
import { mustBeWhole, systemPrompt, userPrompt } from '../../serving/reply.ts';

/** As its documentation has it: a prompt, a model and a parser in a chain. */
export const open: OpenClient = async ({ url }) => {
  const chain = ChatPromptTemplate.fromMessages([
    ['system', '{system}'],
    ['user', '{question}'],
  ])
    .pipe(
      new ChatOpenAI({
        model: 'tgi',
        apiKey: 'none',
        maxTokens: 128,
        streaming: true,
        configuration: { baseURL: `${url}/v1` },
      }),
    )
    .pipe(new StringOutputParser());
  return {
    async ask() {
      const askedAt = performance.now();
      let firstMs = Number.NaN;
      let text = '';
      const stream = await chain.stream({ system: systemPrompt, question: userPrompt });
      for await (const content of stream) {
        if (text === '' && content !== '') firstMs = performance.now() - askedAt;
        text += content;
      }
      mustBeWhole(text);
      return firstMs;
    },
  };
};
