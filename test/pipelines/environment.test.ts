import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { botVariables } from '../../bots/environment.ts';
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
      logLevel: 'warn',
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
      logLevel: 'debug',
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

  it.each(['MONGODB_URL', 'QDRANT_URL', 'REDIS_URL', 'LLM_URL', 'OPIK_URL_OVERRIDE'])(
    'refuses %s rather than fall back in silence while there is no adapter for it',
    (name) => {
      expect(failure({ [name]: 'http://127.0.0.1:1' }).message).toContain(`${name}: is set, but`);
    },
  );

  it('is explained, every variable of it, in .env.example', () => {
    const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
    const explained = [...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    expect([...explained].sort()).toEqual([...environmentVariables, ...botVariables].sort());
  });
});
