import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openHouse } from '../../../bots/terminal/house.ts';
import { readEnvironment } from '../../../pipelines/environment.ts';
import { startTei } from '../../servers/tei/server.ts';
import { startTgi } from '../../servers/tgi/server.ts';
import { command } from './command.ts';

const scratch = () => mkdtempSync(join(tmpdir(), 'understudy-house-'));

describe('warming a house up', () => {
  test('goes the way of a question, and has no language model read or answer it', async () => {
    const home = join(scratch(), 'home');
    const posts = scratch();
    writeFileSync(join(posts, 'tea.md'), '# What this is about\n\nThis is about what tea is.\n');
    const tgi = await startTgi();
    const embed = await startTei();
    const variables = { LLM_URL: tgi.url, EMBED_URL: embed.url };
    await command(home, ['collect', posts, '--author', 'Ada Quill']);
    await command(home, ['features'], { EMBED_URL: embed.url });
    const house = await openHouse(readEnvironment({ UNDERSTUDY_HOME: home, ...variables }));
    try {
      const before = embed.batches.length;
      await house.warmUp();
      expect(embed.batches.length).toBe(before + 1);
      expect(tgi.chats).toEqual([]);
    } finally {
      await house.close();
      await tgi.close();
      await embed.close();
    }
  });

  test('never fails, also where nothing is indexed', async () => {
    const house = await openHouse(readEnvironment({ UNDERSTUDY_HOME: join(scratch(), 'home') }));
    try {
      await expect(house.warmUp()).resolves.toBeUndefined();
    } finally {
      await house.close();
    }
  });
});
