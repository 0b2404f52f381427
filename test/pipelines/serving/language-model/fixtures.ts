import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import type {
  Completion,
  CompletionPart,
  LanguageModel,
} from '../../../../pipelines/serving/language-model/port.ts';
import type { LanguageModelSettings } from '../../../../pipelines/serving/language-model/settings.ts';
import { startTgi, type TgiOptions, type TgiServer } from '../../../servers/tgi/server.ts';

export const chatPath = '/v1/chat/completions';

export const asked: Completion = {
  messages: [
    { role: 'system', content: 'You are Ada.' },
    { role: 'user', content: 'How do you bake?' },
  ],
  maxTokens: 32,
};

export type Opened = {
  readonly server: TgiServer;
  readonly model: LanguageModel;
  close(): Promise<void>;
};

/** A server of one kind and a model on it; one attempt, so that each failure is seen. */
export async function opened(
  options: TgiOptions = {},
  settings: Partial<LanguageModelSettings> = {},
): Promise<Opened> {
  const server = await startTgi(options);
  const model = await openLanguageModel({
    endpoints: [{ url: server.url }],
    limits: { attempts: 1 },
    ...settings,
  });
  return {
    server,
    model,
    async close() {
      await model.close();
      await server.close();
    },
  };
}

/** What was seen of a reply before it failed, and of what it failed; or all of it. */
export async function read(
  model: LanguageModel,
  completion: Completion = asked,
  signal?: AbortSignal,
): Promise<{ readonly text: string; readonly parts: CompletionPart[]; readonly error: unknown }> {
  const parts: CompletionPart[] = [];
  let error: unknown;
  try {
    for await (const part of model.complete(completion, signal)) parts.push(part);
  } catch (thrown) {
    error = thrown;
  }
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { text, parts, error };
}

/** The bodies of the chat requests, in order. */
export function bodies(server: TgiServer): readonly unknown[] {
  return server.requests.filter(({ path }) => path === chatPath).map(({ body }) => body);
}
