import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOnnxEmbedder } from '../../../../pipelines/serving/embed/onnx.ts';
import { libraryRange } from '../../../../pipelines/serving/embed/transformers.ts';
import { PermanentError } from '../../../../pipelines/stores/errors.ts';
import { tinyDimensions, tinyMaxTokens, writeTinyModel } from '../../../models/tiny.ts';

const installed = (() => {
  try {
    createRequire(import.meta.url).resolve('@huggingface/transformers');
    return true;
  } catch {
    return false;
  }
})();
const required = process.env['CI'] === 'true' && process.env['REQUIRE_EMBEDDER'] === '1';
const install = `npm install --no-save -D --ignore-scripts @huggingface/transformers@${libraryRange}`;

const folder = mkdtempSync(join(tmpdir(), 'understudy-tiny-model-'));
beforeAll(() => writeTinyModel(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);

describe('without @huggingface/transformers', () => {
  test.skipIf(installed)('asking for the embedder says exactly what to install', async () => {
    const error = await openOnnxEmbedder(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PermanentError);
    expect((error as PermanentError).code).toBe('embed.library-missing');
    expect((error as PermanentError).hint).toContain(install);
  });

  test('in CI a missing library is a failure where the embedder is required', () => {
    expect(installed || !required, `missing: ${install}`).toBe(true);
  });
});

if (!installed) console.warn(`The ONNX embedder is not tested. To test it: ${install}`);

describe.skipIf(!installed)(`the ONNX embedder on a tiny model (needs: ${install})`, () => {
  test('gives one unit vector per text, in order, of the model’s dimensions', async () => {
    const embedder = await openOnnxEmbedder(folder);
    const texts = ['bread', 'redis cache outage', 'we that it in of', 'flour', 'the oven'];
    const vectors = await embedder.embed(texts, 'passage');
    expect(vectors).toHaveLength(texts.length);
    for (const vector of vectors) {
      expect(vector).toHaveLength(tinyDimensions);
      expect(cosine(vector, vector)).toBeCloseTo(1, 5);
    }
    for (const [index, text] of texts.entries()) {
      const [alone] = await embedder.embed([text], 'passage');
      expect(cosine(alone!, vectors[index]!)).toBeCloseTo(1, 5);
    }
    await embedder.close();
  });

  test('puts texts that share words nearer than those that do not', async () => {
    const embedder = await openOnnxEmbedder(folder);
    const [outage, same, bread] = await embedder.embed(
      ['the redis cache outage', 'outage of the redis cache', 'bread flour recipe oven'],
      'passage',
    );
    expect(cosine(outage!, same!)).toBeGreaterThan(cosine(outage!, bread!));
    await embedder.close();
  });

  test('pins the weights by a hash that follows every file', async () => {
    const first = await openOnnxEmbedder(folder);
    const other = mkdtempSync(join(tmpdir(), 'understudy-tiny-model-'));
    await writeTinyModel(other, { queryPrefix: 'query: ' });
    const second = await openOnnxEmbedder(other);
    expect(first.identity.revision).toMatch(/^[0-9a-f]{64}$/);
    expect(second.identity.revision).not.toBe(first.identity.revision);
    rmSync(other, { recursive: true, force: true });
  });

  test('puts the prefixes of understudy.json before queries and passages', async () => {
    const prefixed = mkdtempSync(join(tmpdir(), 'understudy-tiny-model-'));
    await writeTinyModel(prefixed, { queryPrefix: 'redis ', passagePrefix: 'bread ' });
    const embedder = await openOnnxEmbedder(prefixed);
    const plain = await openOnnxEmbedder(folder);
    const [query] = await embedder.embed(['cache'], 'query');
    const [passage] = await embedder.embed(['cache'], 'passage');
    const [redis, bread] = await plain.embed(['redis cache', 'bread cache'], 'query');
    expect(cosine(query!, redis!)).toBeCloseTo(1, 5);
    expect(cosine(passage!, bread!)).toBeCloseTo(1, 5);
    await Promise.all([embedder.close(), plain.close()]);
    rmSync(prefixed, { recursive: true, force: true });
  });

  test('reports a text that is too long instead of cutting it', async () => {
    const embedder = await openOnnxEmbedder(folder);
    expect(embedder.maxTokens).toBe(tinyMaxTokens);
    const long = 'bread '.repeat(tinyMaxTokens);
    await expect(embedder.embed(['bread', long], 'passage')).rejects.toMatchObject({
      code: 'embed.too-long',
    });
    await embedder.close();
  });

  test('stops when asked to', async () => {
    const embedder = await openOnnxEmbedder(folder);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(embedder.embed(['bread'], 'query', signal)).rejects.toThrow('enough');
  });

  test('says what is wrong with a folder that is no model', async () => {
    await expect(openOnnxEmbedder(tmpdir())).rejects.toMatchObject({ code: 'embed.model-folder' });
  });
});
