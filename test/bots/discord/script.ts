import type { ChatModel, ChatPart, ChatRequest } from '../../../pipelines/serving/chat/port.ts';

/** A model by the test's hand: parts as they are said; a string is the whole answer. */
export type Model = (request: ChatRequest, nth: number) => string | AsyncIterable<ChatPart>;

/** The model that a script makes, and what it was asked. */
export function scripted(says: Model) {
  const requests: ChatRequest[] = [];
  const model: ChatModel = {
    name: 'scripted',
    stream(request) {
      const said = says(request, requests.push(request) - 1);
      return typeof said === 'string' ? whole(said) : said;
    },
  };
  return { model, requests };
}

async function* whole(text: string): AsyncGenerator<ChatPart> {
  yield { type: 'text', text, citations: [] };
  yield { type: 'finish', reason: 'stop', support: 1 };
}

/** A model that says its parts one by one, each when it is let. */
export function stepwise(...parts: readonly string[]) {
  const gates = parts.map(() => Promise.withResolvers<void>());
  const end = Promise.withResolvers<void>();
  const model: Model = async function* () {
    for (const [index, text] of parts.entries()) {
      await gates[index]?.promise;
      yield { type: 'text', text, citations: [] };
    }
    await end.promise;
    yield { type: 'finish', reason: 'stop', support: 1 };
  };
  return {
    model,
    say: (index: number) => gates[index]?.resolve(),
    finish: () => {
      for (const gate of gates) gate.resolve();
      end.resolve();
    },
  };
}
