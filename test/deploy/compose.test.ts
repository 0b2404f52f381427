import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from './manifests.ts';

type Service = {
  readonly image: string;
  readonly profiles: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly build?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
};

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const compose = parse(read('compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const of = (profile: string) => services.filter(([, { profiles }]) => profiles.includes(profile));

describe('compose.yml', () => {
  test('has the stores, the model servers and one service for each process', () => {
    const names = (profile: string) => of(profile).map(([name]) => name);
    expect(names('stores')).toEqual(['mongo', 'redis', 'qdrant']);
    expect(names('gpu')).toEqual(['tgi', 'tei-embed', 'tei-rerank']);
    expect(names('app')).toEqual([
      'collection',
      'features',
      'training',
      'inference',
      'bots',
      'monitoring',
    ]);
    expect(services.every(([, { profiles }]) => profiles.length === 1)).toBe(true);
  });

  test.each(services)('%s is pinned, checked, unprivileged and not published', (_, service) => {
    expect(service.image).toMatch(/:(?:v?\d+\.\d+(?:\.\d+)?(?:-[\w.]+)?|local)$/);
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.security_opt).toContain('no-new-privileges:true');
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const volume of service.volumes ?? []) {
      expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });

  test.each(of('app'))(
    '%s runs a program that is there, read-only, after the stores',
    (_, service) => {
      expect(service).toMatchObject({ build: '.', read_only: true, cap_drop: ['ALL'] });
      expect(existsSync(join(root, service.command?.[0] ?? ''))).toBe(true);
      for (const store of ['mongo', 'redis', 'qdrant']) {
        expect(service.depends_on?.[store]?.condition).toBe('service_healthy');
      }
    },
  );

  test.each(of('app'))('%s is told nothing that .env.example does not explain', (_, service) => {
    const explained = new Set(
      read('.env.example')
        .match(/^# ([A-Z][A-Z_]+)=/gm)
        ?.map((line) => line.slice(2, -1)),
    );
    for (const name of Object.keys(service.environment ?? {})) expect(explained).toContain(name);
  });

  test('Redis keeps every entry, through a restart too', () => {
    const command = compose.services['redis']?.command?.join(' ');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
  });
});

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  test('runs as somebody without rights, on one pinned Node of the version that the package asks for', () => {
    const bases = dockerfile.match(/^FROM (\S+)/gm) ?? [];
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^FROM node:24\.\d+\.\d+-/);
    expect(dockerfile.match(/^USER .*$/m)?.[0]).toBe('USER node');
  });

  test('takes in all code and nothing else', () => {
    const copied = [...dockerfile.matchAll(/^COPY ([a-z]+) \1$/gm)].map(([, folder]) => folder);
    expect(copied.sort()).toEqual(['bots', 'datasets', 'evals', 'monitoring', 'pipelines']);
    const admitted = [...read('.dockerignore').matchAll(/^!(\S+)$/gm)].map(([, path]) => path);
    for (const folder of copied) expect(admitted).toContain(folder);
  });
});
