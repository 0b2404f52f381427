import { groundedModel } from '../../../../pipelines/inference/generate/grounded.ts';
import { shippedGeneration } from '../../../../pipelines/inference/generate/settings.ts';
import type { Passage } from '../../../../pipelines/serving/chat/port.ts';
import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import { madeDocuments } from '../../ask/corpus.ts';
import type { OpenClient } from '../client.ts';
import { mustBeWhole } from '../reply.ts';

const passagesRead = 8;
const passageCharacters = 1_100;

/** Our generation with all that an answer from passages takes: gate, packing, prompt, citations. */
export const open: OpenClient = async ({ url }) => {
  const language = await openLanguageModel({ endpoints: [{ url }] });
  const model = groundedModel({ model: language, settings: shippedGeneration });
  const passages = [...madeDocuments(passagesRead)].map(
    ({ title, content, author }, index): Passage => ({
      number: index + 1,
      text: content.slice(0, passageCharacters),
      context: `${author.name} · ${title}`,
      title,
      language: 'en',
      score: 1 - index / passagesRead,
    }),
  );
  const [first] = passages;
  const question = `What is ${first?.title}?`;
  return {
    async ask() {
      const askedAt = performance.now();
      let firstMs = Number.NaN;
      let text = '';
      for await (const part of model.stream({ question, history: [], passages, idf: () => 1 })) {
        if (part.type !== 'text') continue;
        if (text === '') firstMs = performance.now() - askedAt;
        text += part.text;
      }
      mustBeWhole(text);
      return firstMs;
    },
  };
};
