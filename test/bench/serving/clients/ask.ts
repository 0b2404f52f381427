import { openRecording } from '../../../../bots/conversation/recording.ts';
import { openTraceLog } from '../../../../monitoring/trace-log/sqlite.ts';
import { type Answering, ask } from '../../../../pipelines/inference/ask.ts';
import { withFallback } from '../../../../pipelines/inference/generate/fallback.ts';
import { groundedModel } from '../../../../pipelines/inference/generate/grounded.ts';
import { shippedGeneration } from '../../../../pipelines/inference/generate/settings.ts';
import { loadPrompt } from '../../../../pipelines/inference/prompts/load.ts';
import { openRetrieval } from '../../../../pipelines/inference/retrieve/retrieve.ts';
import { shippedSettings } from '../../../../pipelines/inference/retrieve/settings.ts';
import { modelReader } from '../../../../pipelines/inference/understand/model/reader.ts';
import { extractiveModel } from '../../../../pipelines/serving/chat/extractive/model.ts';
import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import { openEmbedded } from '../../../../pipelines/stores/open.ts';
import { madeQuestions } from '../../ask/corpus.ts';
import type { Client, OpenClient, ServerToAsk } from '../client.ts';
import { mustBeWhole } from '../reply.ts';

const made = 300;
const now = '2026-11-15T12:00:00.000Z';
const noted = { thread: 'bench', channel: 'bench', asker: null };

/** The whole way of a question: retrieval from the embedded stores, generation from what it found, and the trace. */
export const open: OpenClient = (server) => openAsk(server, false);

/** @param reads whether the model also reads the question, for other wordings that are then searched for */
export async function openAsk({ url, home }: ServerToAsk, reads: boolean): Promise<Client> {
  const stores = openEmbedded(home);
  const traces = openTraceLog(stores.database);
  const language = await openLanguageModel({ endpoints: [{ url }] });
  const grounded = groundedModel({ model: language, settings: shippedGeneration });
  const reader = modelReader({
    model: language,
    prompt: loadPrompt('understand'),
    settings: shippedSettings.model,
  });
  const retrieve = openRetrieval({ ...stores, ...(reads && { reader }) });
  const answering: Answering = {
    retrieve,
    model: withFallback(grounded, extractiveModel()),
    statistics: (set, stems) => stores.features.lexicalStatistics(set, stems),
  };
  const asked = async (text: string) => {
    const askedAt = performance.now();
    let firstMs = Number.NaN;
    let said = '';
    const recording = openRecording({ ...noted, question: text }, 'bench');
    for await (const event of ask(answering, { text, history: [], now })) {
      recording.note(event);
      if (event.type === 'error') throw new Error(event.error.message);
      if (event.type !== 'text') continue;
      if (said === '') firstMs = performance.now() - askedAt;
      said += event.text;
    }
    const trace = recording.finished();
    await traces.record(trace);
    return { firstMs, said, outcome: trace.outcome };
  };
  // Some made questions are about nothing that was made: those are refused, and the model is not asked.
  const questions: string[] = [];
  for (const text of madeQuestions(made)) {
    if ((await asked(text)).outcome === 'answered') questions.push(text);
  }
  return {
    async ask(index) {
      const { firstMs, said } = await asked(questions[index % questions.length] ?? '');
      mustBeWhole(said);
      return firstMs;
    },
    retrieve: (index) =>
      retrieve({ text: questions[index % questions.length] ?? '', history: [], now }),
  };
}
