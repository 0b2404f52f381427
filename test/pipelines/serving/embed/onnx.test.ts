import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOnnxEmbedder } from '../../../../pipelines/serving/embed/onnx.ts';
import { libraryRange } from '../../../../pipelines/serving/embed/transformers.ts';
import { PermanentError } from '../../../../pipelines/stores/errors.ts';
import { describeEmbedder } from '../../../conformance/embedder.ts';
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

if (installed) {
  describeEmbedder('a tiny ONNX model', async (prefixes) => {
    const own = mkdtempSync(join(tmpdir(), 'understudy-tiny-model-'));
    await writeTinyModel(own, prefixes);
    const embedder = await openOnnxEmbedder(own);
    return {
      embedder,
      async close() {
        await embedder.close();
        rmSync(own, { recursive: true, force: true });
      },
    };
  });
}

describe.skipIf(!installed)(`the ONNX embedder on a tiny model (needs: ${install})`, () => {
  test('takes dimensions and longest input from the model’s own files', async () => {
    const embedder = await openOnnxEmbedder(folder);
    expect(embedder.identity.dimensions).toBe(tinyDimensions);
    expect(embedder.maxTokens).toBe(tinyMaxTokens);
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

  test('says what is wrong with a folder that is no model', async () => {
    await expect(openOnnxEmbedder(tmpdir())).rejects.toMatchObject({ code: 'embed.model-folder' });
  });
});
