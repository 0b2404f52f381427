import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  remoteInferenceOf,
  remoteInferenceShape,
} from '../../../../pipelines/inference/remote/environment.ts';
import {
  inferenceServiceOf,
  inferenceServiceShape,
} from '../../../../pipelines/inference/service/environment.ts';

const serviceSchema = z.object(inferenceServiceShape);
const remoteSchema = z.object(remoteInferenceShape);
const token = 'a-token-of-our-own';

describe('where the inference process listens', () => {
  test('is this machine alone, unless something else is said', () => {
    const blank = { INFERENCE_PORT: '', INFERENCE_HOST: '', INFERENCE_TOKEN: '' };
    for (const variables of [{}, blank]) {
      expect(inferenceServiceOf(serviceSchema.parse(variables))).toEqual({
        port: 8_080,
        host: '127.0.0.1',
      });
    }
    const variables = {
      INFERENCE_PORT: '0',
      INFERENCE_HOST: '0.0.0.0',
      INFERENCE_TOKEN: token,
    };
    expect(inferenceServiceOf(serviceSchema.parse(variables))).toEqual({
      port: 0,
      host: '0.0.0.0',
      token,
    });
  });

  test.each([{ INFERENCE_PORT: '70000' }, { INFERENCE_TOKEN: 'short' }])(
    '%j is refused',
    (wrong) => {
      expect(serviceSchema.safeParse(wrong).success).toBe(false);
    },
  );
});

describe('where answers are asked for', () => {
  test('is this process, unless addresses are named', () => {
    expect(remoteInferenceOf(remoteSchema.parse({ INFERENCE_URL: '' }))).toBeNull();
    const variables = {
      INFERENCE_URL: 'http://one:8080/, https://two.example',
      INFERENCE_TOKEN: token,
    };
    expect(remoteInferenceOf(remoteSchema.parse(variables))).toEqual({
      urls: ['http://one:8080', 'https://two.example'],
      token,
    });
  });

  test.each(['one:8080', 'http://one:8080,', 'redis://one'])('%s is no address', (url) => {
    expect(remoteSchema.safeParse({ INFERENCE_URL: url }).success).toBe(false);
  });
});
