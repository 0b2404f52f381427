import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import { draft } from '../../conformance/fixtures.ts';
import { mongoHouse, type TemporaryMongo } from '../../pipelines/stores/temporary-mongo.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { qdrantForTests } from '../../servers/qdrant/server.ts';
import { command } from './command.ts';

const handbook = join(import.meta.dirname, '../../../datasets/handbook');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-migrate-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('understudy migrate', () => {
  it('says where it could move when no server is named', async () => {
    const ended = await command(home, ['migrate', '--from', 'sqlite', '--to', 'production']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('MONGODB_URL');
  });

  it('moves between two places, not into itself', async () => {
    const ended = await command(home, ['migrate', '--from', 'sqlite', '--to', 'sqlite']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('the same');
  });
});

describe.skipIf(!hasMongo)('understudy migrate, with servers', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  let qdrant: Awaited<ReturnType<typeof qdrantForTests>>;
  let database: TemporaryMongo;
  beforeAll(async () => {
    [house, qdrant] = await Promise.all([mongoHouse(), qdrantForTests()]);
    database = house.database();
  });
  afterAll(async () => {
    await database.close();
    await Promise.all([house.stop(), qdrant.stop()]);
  });

  it('brings a twin to the servers, where it answers as before, and back', {
    timeout: 120_000,
  }, async () => {
    const servers = {
      MONGODB_URL: database.url,
      QDRANT_URL: qdrant.url,
      QDRANT_PREFIX: `test-${randomUUID()}`,
      ...(qdrant.apiKey !== undefined && { QDRANT_API_KEY: qdrant.apiKey }),
    };
    const asked = ['search', 'noeviction and append-only persistence', '--limit', '5', '--json'];
    expect((await command(home, ['collect', handbook, '--json'])).code).toBe(0);
    expect((await command(home, ['features', '--json'])).code).toBe(0);
    const [before] = (await command(home, asked)).events();

    const there = await command(
      home,
      ['migrate', '--from', 'sqlite', '--to', 'production', '--json'],
      servers,
    );
    expect([there.code, there.stderr.includes('rror')]).toEqual([0, false]);
    const verdicts = there.events().filter(({ type }) => type === 'verified');
    expect(verdicts.length).toBeGreaterThanOrEqual(11);
    expect(verdicts.every(({ equal }) => equal)).toBe(true);
    const [on] = (await command(join(home, 'elsewhere'), asked, servers)).events();
    expect(on).toEqual(before);

    const other = join(home, 'back');
    const back = await command(
      other,
      ['migrate', '--from', 'production', '--to', 'sqlite'],
      servers,
    );
    expect(back.code).toBe(0);
    expect(back.stdout).toContain('Everything is there, and the same.');
    const [returned] = (await command(other, asked)).events();
    expect(returned).toEqual(before);
  });

  it('refuses stores that hold the writing of others, and touches nothing', async () => {
    const target = house.database();
    const stores = openEmbedded(home);
    await stores.warehouse.upsert(draft('mine'));
    await stores.close();
    const variables = { MONGODB_URL: target.url };
    const elsewhere = join(home, 'others');
    await command(elsewhere, ['collect', handbook], variables);
    const ended = await command(
      home,
      ['migrate', '--from', 'sqlite', '--to', 'production'],
      variables,
    );
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('that the source has not');
    const status = await command(elsewhere, ['status', '--json'], variables);
    expect(status.stdout).not.toContain('"mine"');
    await target.close();
  });
});
