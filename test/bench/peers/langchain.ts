import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { Document } from '@langchain/core/documents';
import { Embeddings } from '@langchain/core/embeddings';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { fakeVector } from './fake-vector.ts';

export const name = 'LangChain.js';

class FakeEmbeddings extends Embeddings {
  constructor() {
    super({});
  }
  async embedDocuments(texts: string[]): Promise<number[][]> {
    return texts.map(fakeVector);
  }
  async embedQuery(text: string): Promise<number[]> {
    return fakeVector(text);
  }
}

/** Its Markdown splitter, at about our passage size in characters, into its memory vector store. */
export async function ingest(documents: { id: string; text: string }[]): Promise<number> {
  const splitter = RecursiveCharacterTextSplitter.fromLanguage('markdown', {
    chunkSize: 1_100,
    chunkOverlap: 100,
  });
  const store = new MemoryVectorStore(new FakeEmbeddings());
  const whole = documents.map(
    ({ id, text }) => new Document({ pageContent: text, metadata: { id } }),
  );
  const chunks = await splitter.splitDocuments(whole);
  await store.addDocuments(chunks);
  return store.memoryVectors.length;
}
