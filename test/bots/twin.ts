import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Conversation } from '../../bots/conversation/conversation.ts';
import { openKnowledge } from '../../bots/conversation/knowledge/open.ts';
import type { Knowledge } from '../../bots/conversation/knowledge.ts';
import { type ConversationPorts, openConversation } from '../../bots/conversation/open.ts';
import { pseudonyms } from '../../bots/conversation/pseudonym.ts';
import type { BotPorts } from '../../bots/ports.ts';
import { openConversationState } from '../../bots/state/sqlite.ts';
import type { PlaygroundPorts } from '../../bots/web/server.ts';
import { openTraceLog } from '../../monitoring/trace-log/sqlite.ts';
import type { TraceLog } from '../../monitoring/tracer.ts';
import { chunkDocument } from '../../pipelines/feature/chunk/chunk.ts';
import { chunkPolicy, featureManifest } from '../../pipelines/feature/policy.ts';
import type { Answering } from '../../pipelines/inference/ask.ts';
import { localInference } from '../../pipelines/inference/local.ts';
import { openRetrieval } from '../../pipelines/inference/retrieve/retrieve.ts';
import { extractiveModel } from '../../pipelines/serving/chat/extractive/model.ts';
import type { FeatureStore } from '../../pipelines/stores/features/port.ts';
import { documentId } from '../../pipelines/stores/identity.ts';
import { openEmbedded } from '../../pipelines/stores/open.ts';
import type { DocumentDraft } from '../../pipelines/stores/warehouse/document.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';

export type Writing = {
  readonly title: string;
  readonly content: string;
  readonly author?: string;
  readonly publishedAt?: string;
  readonly link?: string;
};

export type TestTwin = PlaygroundPorts &
  BotPorts & {
    readonly home: string;
    readonly warehouse: Warehouse;
    readonly features: FeatureStore;
    readonly knowledge: Knowledge;
    readonly conversation: Conversation;
    readonly answering: Answering;
    readonly traces: TraceLog;
    /** What the bots logged as a warning or an error. */
    readonly complaints: readonly unknown[][];
    add(writing: Writing): Promise<string>;
    close(): Promise<void>;
  };

/** A twin over the real stores and the real conversation, in a folder of its own. */
export async function openTestTwin(
  writings: readonly Writing[],
  change: (answering: Answering) => Answering = (answering) => answering,
  conversing: Partial<ConversationPorts> = {},
): Promise<TestTwin> {
  const home = await mkdtemp(join(tmpdir(), 'understudy-web-'));
  const stores = openEmbedded(home);
  const { warehouse, features } = stores;
  const set = await features.createSet(featureManifest(null));

  const add = async (writing: Writing) => {
    const draft = draftOf(writing);
    await warehouse.upsert(draft);
    const document = await warehouse.get(draft.id);
    if (document === undefined) throw new Error('The document was not stored');
    const { chunks } = chunkDocument(document, chunkPolicy, set.id);
    const { author, source, platform, kind, language, publishedAt, link, title, origin } = document;
    await features.putDocument(set.id, {
      documentId: document.id,
      revision: document.revision,
      attributes: { author, source, platform, kind, language, publishedAt, link, title, origin },
      chunks,
    });
    return draft.id;
  };
  for (const writing of writings) await add(writing);
  await features.switchTo(set.id, undefined);

  const answering = change({
    retrieve: openRetrieval({ warehouse, features }),
    model: extractiveModel(),
    statistics: (id, stems) => features.lexicalStatistics(id, stems),
  });
  const traces = openTraceLog(stores.database);
  const conversation = openConversation({
    inference: localInference(answering, 'rel-test'),
    tracer: traces,
    state: openConversationState(stores.database),
    pseudonym: pseudonyms(Buffer.alloc(32, 1)),
    ...conversing,
  });
  const complaints: unknown[][] = [];
  const complain = (...said: unknown[]) => void complaints.push(said);
  return {
    home,
    answering,
    conversation,
    knowledge: openKnowledge(stores),
    recentFeedback: (limit) => traces.recentFeedback(limit),
    log: { debug: () => undefined, info: () => undefined, warn: complain, error: complain },
    warehouse,
    features,
    traces,
    complaints,
    add,
    async close() {
      await conversation.drain(5_000);
      await stores.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function draftOf({
  title,
  content,
  author = 'Mara Lindqvist',
  publishedAt,
  link,
}: Writing): DocumentDraft {
  const where = link ?? `file:///writing/${encodeURIComponent(title)}.md`;
  return {
    id: documentId(where),
    kind: 'article',
    platform: 'folder',
    source: 'writing',
    origin: '/writing',
    author: { id: author.toLowerCase().replaceAll(' ', '-'), name: author },
    link: where,
    title,
    publishedAt: publishedAt ?? null,
    language: 'en',
    content,
    collectedAt: '2026-11-01T00:00:00Z',
    extras: {},
  };
}
