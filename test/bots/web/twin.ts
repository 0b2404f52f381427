import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConversation } from '../../../bots/conversation/converse.ts';
import type { PlaygroundPorts } from '../../../bots/web/server.ts';
import type { Feedback, Trace } from '../../../monitoring/tracer.ts';
import { chunkDocument } from '../../../pipelines/feature/chunk/chunk.ts';
import { chunkPolicy, featureManifest } from '../../../pipelines/feature/policy.ts';
import type { Answering } from '../../../pipelines/inference/ask.ts';
import { openRetrieval } from '../../../pipelines/inference/retrieve/retrieve.ts';
import { extractiveModel } from '../../../pipelines/serving/chat/extractive/model.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import type { DocumentDraft } from '../../../pipelines/stores/warehouse/document.ts';

export type Writing = {
  readonly title: string;
  readonly content: string;
  readonly author?: string;
  readonly publishedAt?: string;
  readonly link?: string;
};

export type TestTwin = PlaygroundPorts & {
  readonly answering: Answering;
  readonly recorded: readonly Trace[];
  readonly given: readonly Feedback[];
  add(writing: Writing): Promise<string>;
  close(): Promise<void>;
};

/** A twin over the real stores in a folder of its own, with a tracer that the test can look into. */
export async function openTestTwin(
  writings: readonly Writing[],
  change: (answering: Answering) => Answering = (answering) => answering,
): Promise<TestTwin> {
  const home = await mkdtemp(join(tmpdir(), 'understudy-web-'));
  const stores = openEmbedded(home);
  const { warehouse, features } = stores;
  const recorded: Trace[] = [];
  const given: Feedback[] = [];
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
  const traces = {
    record: async (trace: Trace) => void recorded.push(trace),
    feedback: async (feedback: Feedback) => {
      const known = recorded.some(({ id }) => id === feedback.trace);
      if (known) given.push(feedback);
      return known;
    },
  };
  const { converse } = openConversation({ answering, tracer: traces, release: 'rel-test' });
  return {
    answering,
    converse,
    warehouse,
    features,
    traces,
    recorded,
    given,
    add,
    async close() {
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
