import {
  BaseEmbedding,
  Document,
  IngestionPipeline,
  SentenceSplitter,
  SimpleVectorStore,
} from 'llamaindex';
import { fakeVector } from './fake-vector.ts';

export const name = 'LlamaIndexTS';

class FakeEmbedding extends BaseEmbedding {
  async getTextEmbedding(text: string): Promise<number[]> {
    return fakeVector(text);
  }
  getTextEmbeddings = async (texts: string[]): Promise<number[][]> => texts.map(fakeVector);
}

/** Its ingestion pipeline: sentence splitter at our target in tokens, embedding, simple vector store. */
export async function ingest(documents: { id: string; text: string }[]): Promise<number> {
  const embedModel = new FakeEmbedding();
  const vectorStore = new SimpleVectorStore({ embeddingModel: embedModel });
  const pipeline = new IngestionPipeline({
    transformations: [
      new SentenceSplitter({ chunkSize: 256, chunkOverlap: 20 }),
      embedModel,
    ],
    vectorStore,
    disableCache: true,
  });
  const nodes = await pipeline.run({
    documents: documents.map(({ id, text }) => new Document({ id_: id, text })),
  });
  return nodes.length;
}
