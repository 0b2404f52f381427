import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { botVariables } from '../../bots/environment.ts';
import { operatorShape } from '../../monitoring/environment.ts';
import { environmentVariables, readEnvironment } from '../../pipelines/environment.ts';
import { PermanentError } from '../../pipelines/stores/errors.ts';

const failure = (variables: Record<string, string>): PermanentError => {
  try {
    readEnvironment(variables, '/work');
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('the environment', () => {
  it('needs nothing: every variable has a default that works', () => {
    expect(readEnvironment({}, '/somewhere')).toEqual({
      home: '/somewhere/.understudy',
      allowPrivate: [],
      author: undefined,
      embedder: undefined,
      port: 0,
      health: null,
      logLevel: 'warn',
      mongo: null,
      qdrant: null,
      redis: null,
      llm: null,
      embed: null,
      inference: null,
      inferenceService: { host: '127.0.0.1', port: 8_080 },
      rerank: null,
      headers: false,
    });
  });

  it('reads an empty variable as one that is not set, as shells and compose files write it', () => {
    const blank = Object.fromEntries(environmentVariables.map((name) => [name, '']));
    expect(readEnvironment(blank, '/somewhere')).toEqual(readEnvironment({}, '/somewhere'));
  });

  it('takes what is set', () => {
    const model = join(mkdtempSync(join(tmpdir(), 'understudy-env-')), 'model');
    mkdirSync(model);
    writeFileSync(join(model, 'config.json'), '{}');
    const environment = readEnvironment(
      {
        UNDERSTUDY_HOME: '/var/lib/twin',
        UNDERSTUDY_ALLOW_PRIVATE: 'wiki.internal, 10.1.0.0/16',
        UNDERSTUDY_AUTHOR: 'Ada Lovelace',
        UNDERSTUDY_EMBEDDER: model,
        UNDERSTUDY_PORT: '8080',
        LOG_LEVEL: 'debug',
      },
      '/somewhere',
    );
    expect(environment).toEqual({
      home: '/var/lib/twin',
      allowPrivate: ['wiki.internal', '10.1.0.0/16'],
      author: 'Ada Lovelace',
      embedder: model,
      port: 8080,
      health: null,
      logLevel: 'debug',
      mongo: null,
      qdrant: null,
      redis: null,
      llm: null,
      embed: null,
      inference: null,
      inferenceService: { host: '127.0.0.1', port: 8_080 },
      rerank: null,
      headers: false,
    });
  });

  it('takes the addresses of model servers, several of a kind separated by commas', () => {
    const { llm, embed, rerank, headers } = readEnvironment({
      LLM_URL: 'http://gpu-1:8080/, http://gpu-2:8080',
      LLM_ADAPTER: 'ada',
      LLM_PRICES: '0.20, 0.60',
      LLM_CONCURRENCY: '8',
      LLM_FIRST_WORDS_MS: '30000',
      LLM_HEADERS: 'on',
      EMBED_URL: 'http://gpu-1:8081',
      EMBED_API_KEY: 'secret',
      RERANK_URL: 'http://gpu-1:8082',
    });
    expect(llm).toEqual({
      urls: ['http://gpu-1:8080', 'http://gpu-2:8080'],
      adapter: 'ada',
      prices: { promptPerMillionUsd: 0.2, completionPerMillionUsd: 0.6 },
      concurrency: 8,
      firstWordsMs: 30_000,
      understands: true,
      thinks: false,
    });
    expect(embed).toEqual({ urls: ['http://gpu-1:8081'], token: 'secret' });
    expect(rerank).toEqual({ urls: ['http://gpu-1:8082'] });
    expect(headers).toBe(true);
  });

  it('lays sets out on Qdrant as it is told, and as the adapter likes where it is not', () => {
    const named = { QDRANT_URL: 'http://vectors:6333' };
    expect(readEnvironment(named).qdrant).not.toHaveProperty('size');
    const sizes = { QDRANT_EXPECTED_CHUNKS: '5000000', QDRANT_SHARDS: '4', QDRANT_REPLICAS: '2' };
    expect(readEnvironment({ ...named, ...sizes }).qdrant?.size).toEqual({
      expectedChunks: 5_000_000,
      shards: 4,
      replicas: 2,
    });
    expect(failure({ ...named, QDRANT_SHARDS: '0' }).message).toContain('QDRANT_SHARDS');
  });

  it('takes each production server on its own', () => {
    const url = 'mongodb://ada:secret@a:27017,b:27017/twin?replicaSet=rs0';
    expect(readEnvironment({ MONGODB_URL: url })).toMatchObject({ mongo: url, qdrant: null });
    expect(readEnvironment({ QDRANT_URL: 'http://vectors:6333' }).qdrant).toEqual({
      url: 'http://vectors:6333',
      prefix: 'understudy',
    });
    const keyed = { QDRANT_URL: 'https://q', QDRANT_API_KEY: 'secret', QDRANT_PREFIX: 'ada' };
    expect(readEnvironment(keyed).qdrant).toEqual({
      url: 'https://q',
      apiKey: 'secret',
      prefix: 'ada',
    });
    expect(readEnvironment({ REDIS_URL: 'rediss://:secret@jobs:6379/2' }).redis).toEqual({
      url: 'rediss://:secret@jobs:6379/2',
      prefix: 'understudy',
    });
    expect(readEnvironment({ UNDERSTUDY_HEALTH_PORT: '9464' }).health).toEqual({
      host: '127.0.0.1',
      port: 9464,
    });
  });

  it.each([
    { MONGODB_URL: 'ada:s3cret@mongo:27017' },
    { MONGODB_URL: 'postgres://ada:s3cret@mongo' },
    { QDRANT_URL: 's3cret:6333' },
    { QDRANT_API_KEY: 's3cret' },
    { QDRANT_URL: 'http://q', QDRANT_PREFIX: 's3cret/..' },
    { REDIS_URL: 'http://:s3cret@redis' },
    { REDIS_URL: 'redis://redis', REDIS_PREFIX: '{s3cret' },
    { UNDERSTUDY_HEALTH_PORT: 's3cret' },
  ])('refuses %o by name and never repeats what was set', (variables) => {
    const { message, hint } = failure(variables as Record<string, string>);
    expect(message).toContain(Object.keys(variables).at(-1));
    expect(`${message} ${hint}`).not.toContain('s3cret');
  });

  it('refuses what does not go together, and prices or addresses that are none', () => {
    expect(failure({ LLM_HEADERS: 'on' }).message).toContain('no model to write headers');
    expect(failure({ LLM_URL: 'gpu-1:8080' }).message).toContain('LLM_URL');
    expect(failure({ LLM_URL: 'http://gpu', LLM_PRICES: 'cheap' }).message).toContain('0.20,0.60');
    const model = mkdtempSync(join(tmpdir(), 'understudy-env-'));
    writeFileSync(join(model, 'config.json'), '{}');
    const both = failure({ UNDERSTUDY_EMBEDDER: model, EMBED_URL: 'http://gpu' });
    expect(both.message).toContain('embedded by one model');
  });

  it('needs no address for the inference providers, whose router has its own', () => {
    const { llm } = readEnvironment({ LLM_ENGINE: 'hf-providers', LLM_MODEL: 'a/b' });
    expect(llm).toEqual({
      urls: [],
      engine: 'hf-providers',
      model: 'a/b',
      understands: true,
      thinks: false,
    });
  });

  it('names every wrong variable at once and says what to do', () => {
    const error = failure({
      UNDERSTUDY_PORT: 'http',
      LOG_LEVEL: 'loud',
      UNDERSTUDY_EMBEDDER: '/no',
    });
    expect(error.message).toContain('UNDERSTUDY_PORT: ');
    expect(error.message).toContain('LOG_LEVEL: ');
    expect(error.message).toMatch(
      /UNDERSTUDY_EMBEDDER: is not a model folder: it needs config.json/,
    );
    expect(error.hint).toContain('.env.example');
    expect(error.code).toBe('environment.invalid');
  });

  it.each(['JUDGE_URL', 'OPIK_URL_OVERRIDE'])(
    'refuses %s rather than fall back in silence while there is no adapter for it',
    (name) => {
      expect(failure({ [name]: 'http://127.0.0.1:1' }).message).toContain(`${name}: is set, but`);
    },
  );

  it('is explained, every variable of it, in .env.example', () => {
    const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
    const explained = [...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    const known = [...environmentVariables, ...botVariables, ...Object.keys(operatorShape)];
    expect([...explained].sort()).toEqual(known.sort());
  });
});
