import type { Environment } from '../../../pipelines/environment.ts';
import { checkAdapter } from '../../../pipelines/serving/adapter-probe/check.ts';
import { readPrints } from '../../../pipelines/serving/adapter-probe/kept.ts';
import type { Embedder } from '../../../pipelines/serving/embed/port.ts';
import type { LanguageModelEnvironment } from '../../../pipelines/serving/environment.ts';
import {
  discoverEngines,
  type FoundEngine,
} from '../../../pipelines/serving/language-model/discover.ts';
import type { LanguageModel } from '../../../pipelines/serving/language-model/port.ts';
import { completed } from '../../../pipelines/serving/language-model/read.ts';
import { embedderOf, languageModelOf, rerankerOf } from '../../../pipelines/serving/open.ts';
import type { ArtefactStore } from '../../../pipelines/stores/artefacts/port.ts';
import type { EmbeddedStores } from '../../../pipelines/stores/open.ts';
import type { Finding } from '../../finding.ts';
import { explain } from '../exit.ts';
import { counted } from '../output.ts';

/** What is found out about the model servers, and the embedder's identity for comparison with the feature set's. */
export type ServersChecked = {
  readonly findings: readonly Finding[];
  readonly embedder: Embedder['identity'] | null;
};

/** Asks every model server that is named; where none writes answers, looks for one on this machine. */
export async function checkServers(
  environment: Environment,
  { artefacts, embeddings }: Pick<EmbeddedStores, 'artefacts' | 'embeddings'>,
): Promise<ServersChecked> {
  const [chat, vectors, rerank] = await Promise.all([
    environment.llm ? checkChat(environment.llm, artefacts) : suggestChat(),
    checkEmbedding(environment, embeddings),
    environment.rerank ? checkRerank(environment.rerank) : [],
  ]);
  return { findings: [...chat, ...vectors.findings, ...rerank], embedder: vectors.identity };
}

async function checkChat(
  llm: LanguageModelEnvironment,
  artefacts: Pick<ArtefactStore, 'read'>,
): Promise<readonly Finding[]> {
  const name = 'Chat model';
  let model: LanguageModel;
  try {
    model = await languageModelOf(llm);
  } catch (error) {
    return [trouble(name, error)];
  }
  try {
    const { engine, model: base, revision } = model.identity;
    const at =
      llm.urls.length === 1 ? '' : ` at ${counted(llm.urls.length, 'address', 'addresses')}`;
    const pinned = revision === null ? 'of unknown revision' : revision.slice(0, 12);
    const answers: Finding = {
      name,
      verdict: 'good',
      found: `${engine}${at}, ${base} (${pinned}), ${model.contextTokens.toLocaleString('en-GB')} tokens`,
    };
    // An embedding model's server describes itself as a chat model's does: only asking tells.
    const messages = [{ role: 'user', content: 'Say yes.' }] as const;
    await completed(model, { messages, maxTokens: 1, temperature: 0 });
    return [answers, ...(await checkVoice(model, llm, artefacts))];
  } catch (error) {
    return [trouble(name, error)];
  } finally {
    await model.close();
  }
}

async function checkVoice(
  model: LanguageModel,
  { prints }: LanguageModelEnvironment,
  artefacts: Pick<ArtefactStore, 'read'>,
): Promise<readonly Finding[]> {
  if (model.identity.adapter === null) return [];
  const name = 'Adapter';
  try {
    const recorded = prints === undefined ? null : await readPrints(artefacts, prints);
    const { problem, matches } = await checkAdapter(model, recorded);
    if (problem !== null) return [{ name, verdict: 'bad', found: problem, todo: adapterHint }];
    if (matches !== null) {
      return [{ name, verdict: 'good', found: `${model.identity.adapter} speaks as recorded` }];
    }
    return [
      {
        name,
        verdict: 'advice',
        found: `${model.identity.adapter} is not the base model; nothing tells whether it is the right version`,
        todo: 'understudy adapter record',
      },
    ];
  } catch (error) {
    return [trouble(name, error)];
  }
}

const adapterHint =
  'Start the model server with the adapter that LLM_ADAPTER names, or unset it: answers in the wrong voice are refused.';

/** Somebody who runs a model server already is one line away from using it. */
async function suggestChat(): Promise<readonly Finding[]> {
  const name = 'Chat model';
  const [found] = await discoverEngines();
  if (found === undefined) {
    return [{ name, verdict: 'good', found: 'none: answers are quoted from the writing' }];
  }
  return [
    {
      name,
      verdict: 'advice',
      found: `none, but ${found.engine} runs at ${found.url}${servedBy(found)}`,
      todo: `Add to .env: ${lineFor(found)}`,
    },
  ];
}

const servedBy = ({ models }: FoundEngine): string =>
  models.length === 0 ? '' : ` with ${models.slice(0, 3).join(', ')}`;

const lineFor = ({ url, models: [model, ...others] }: FoundEngine): string =>
  model !== undefined && others.length > 0
    ? `LLM_URL=${url} and LLM_MODEL=${model}`
    : `LLM_URL=${url}`;

async function checkEmbedding(
  environment: Environment,
  cache: EmbeddedStores['embeddings'],
): Promise<{
  readonly findings: readonly Finding[];
  readonly identity: Embedder['identity'] | null;
}> {
  try {
    const embedder = await embedderOf(environment, cache);
    const identity = embedder?.identity ?? null;
    await embedder?.close();
    const findings: Finding[] =
      environment.embed && identity
        ? [
            {
              name: 'Embedding server',
              verdict: 'good',
              found: `${identity.name}, ${identity.dimensions} dimensions`,
            },
          ]
        : [];
    return { findings, identity };
  } catch (error) {
    return { findings: [trouble('Embedding', error)], identity: null };
  }
}

async function checkRerank(
  rerank: NonNullable<Environment['rerank']>,
): Promise<readonly Finding[]> {
  const name = 'Reranker';
  try {
    const reranker = await rerankerOf(rerank);
    await reranker.close();
    return [{ name, verdict: 'good', found: reranker.name }];
  } catch (error) {
    return [trouble(name, error)];
  }
}

function trouble(name: string, error: unknown): Finding {
  const { message, hint } = explain(error);
  return { name, verdict: 'bad', found: message, ...(hint !== undefined && { todo: hint }) };
}
