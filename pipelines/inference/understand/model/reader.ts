import type { LanguageModel } from '../../../serving/language-model/port.ts';
import { completedAs } from '../../../serving/language-model/read.ts';
import type { Prompt } from '../../prompts/load.ts';
import type { ModelUnderstanding } from '../../retrieve/settings.ts';
import type { ModelReading, QuestionReader } from '../reader.ts';
import { existingFilters } from './filters.ts';
import { keptReadings } from './kept.ts';
import { nameLister } from './known.ts';
import { askedText, requestFor } from './request.ts';
import { type Reply, replyShape, type Wanted, wantedOf } from './shape.ts';
import { distinctTexts, plausibleRewrite } from './texts.ts';

export type ModelReaderOptions = {
  readonly model: Pick<LanguageModel, 'complete' | 'identity'>;
  /** `prompts/understand.md`, with its hash. */
  readonly prompt: Prompt;
  readonly settings: ModelUnderstanding;
};

const mostKept = 200;
/** Tokens a reply may take: the empty object, and each entry. A longer one is cut, and so invalid. */
const tokensOf: Wanted & { readonly frame: number } = {
  frame: 40,
  standalone: 80,
  filters: 24,
  steps: 32,
  rewordings: 32,
};

/**
 * Reads questions with a language model: one call, held to a JSON schema, and nothing of the reply believed that the
 * vocabulary does not hold.
 *
 * It asks the bare base model: an adapter is trained on a voice, and forgets how to fill in forms.
 */
export function modelReader({ model, prompt, settings }: ModelReaderOptions): QuestionReader {
  const forms = [false, true].map((inThread) => {
    const wanted = wantedOf(settings, inThread);
    return { wanted, shape: replyShape(wanted), maxTokens: mostTokens(wanted) };
  });
  const namesFor = nameLister();
  const { engine, model: base } = model.identity;
  return {
    name: `${engine}:${base}#${prompt.hash.slice(0, 12)}`,
    read: keptReadings(async (question, vocabulary, signal) => {
      const form = forms[question.history.length > 0 ? 1 : 0];
      if (!form || form.maxTokens === tokensOf.frame) return nothing;
      const { wanted, shape, maxTokens } = form;
      const known = namesFor(vocabulary.facets, askedText(question));
      const messages = requestFor(prompt.text, question, known, wanted);
      const completion = { name: 'reading', shape, messages, maxTokens, adapter: null };
      const { value, usage } = await completedAs(model, completion, signal);
      const reading = checked(value, question, vocabulary, wanted);
      return usage === null ? reading : { ...reading, usage };
    }, mostKept),
  };
}

const nothing: ModelReading = { rewritten: null, filters: [], rewordings: [], steps: [] };

function mostTokens(wanted: Wanted): number {
  const fields = ['standalone', 'filters', 'steps', 'rewordings'] as const;
  return fields.reduce((sum, field) => sum + wanted[field] * tokensOf[field], tokensOf.frame);
}

function checked(
  { standalone = '', filters = [], steps = [], rewordings = [] }: Reply,
  question: Parameters<QuestionReader['read']>[0],
  vocabulary: Parameters<QuestionReader['read']>[1],
  wanted: Wanted,
): ModelReading {
  const rewritten = plausibleRewrite(standalone, question);
  const asked = rewritten === null ? [question.text] : [question.text, rewritten];
  const apart = distinctTexts(steps, asked, wanted.steps);
  // One step is the question again.
  const taken = apart.length >= 2 ? apart : [];
  return {
    rewritten,
    filters: existingFilters(filters, vocabulary, question.now),
    steps: taken,
    rewordings: distinctTexts(rewordings, [...asked, ...taken], wanted.rewordings),
  };
}
