import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import { describeLanguageModel } from '../../../conformance/language-model.ts';
import { type Engine, startTgi } from '../../../servers/tgi/server.ts';

const counting: readonly Engine[] = ['tgi', 'vllm', 'llamacpp'];
const all: readonly Engine[] = [...counting, 'sglang', 'ollama', 'openai-compatible'];

for (const engine of all) {
  describeLanguageModel(
    `the loopback ${engine} server`,
    async () => {
      const server = await startTgi({ engine, maxTotalTokens: 4_096 });
      const model = await openLanguageModel({ endpoints: [{ url: server.url }] });
      return { model, close: server.close };
    },
    { counts: counting.includes(engine), schema: true, usage: true, refusesLongPrompts: true },
  );
}
