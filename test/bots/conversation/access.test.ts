import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAccessRules } from '../../../bots/conversation/access/read.ts';
import { decideAccess, everybody } from '../../../bots/conversation/access/rules.ts';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import { openScribe, openStage, said } from './stage.ts';

const { place, person } = said('');

describe('access rules', () => {
  test('without any everybody may ask and see everything', () => {
    expect(decideAccess(everybody, place, person)).toEqual({ allowed: true, access: undefined });
  });

  test('the first that fits decides, and who fits none may not ask', () => {
    const rules = [
      { allow: false, channels: ['C9'] },
      { allow: true, roles: ['staff', 'S2'] },
      { allow: true, platform: 'slack' as const, people: ['U1'], sources: ['blog'] },
    ];
    const decide = (where: object, who: object) =>
      decideAccess(rules, { ...place, ...where }, { ...person, ...who });
    expect(decide({ channel: 'C9' }, { roles: ['staff'] })).toEqual({ allowed: false });
    expect(decide({}, { id: 'U7', roles: ['S2'] })).toEqual({ allowed: true, access: undefined });
    expect(decide({}, {})).toEqual({ allowed: true, access: { sources: ['blog'] } });
    expect(decide({ platform: 'discord' }, {})).toEqual({ allowed: false });
    expect(decide({}, { id: 'U8' })).toEqual({ allowed: false });
  });

  test('a rule about a channel fits nobody outside channels', () => {
    const rules = [{ allow: true, channels: ['C1'] }];
    const direct = { ...place, channel: null, kind: 'direct' as const };
    expect(decideAccess(rules, direct, person)).toEqual({ allowed: false });
  });
});

describe('a file of rules', () => {
  const written = async (text: string) => {
    const path = join(await mkdtemp(join(tmpdir(), 'understudy-access-')), 'access.yaml');
    writeFileSync(path, text);
    return path;
  };

  test('is read as YAML', async () => {
    const path = await written(
      'rules:\n  - allow: true\n    platform: discord\n    roles: ["42"]\n    sources: [blog]\n',
    );
    expect(await readAccessRules(path)).toEqual([
      { allow: true, platform: 'discord', roles: ['42'], sources: ['blog'] },
    ]);
  });

  test.each([
    ['a word that is no rule', 'rules:\n  - allow: true\n    chanels: [C1]\n', 'chanels'],
    ['no decision', 'rules:\n  - platform: slack\n', 'allow'],
    ['broken YAML', 'rules: [', ''],
  ])('with %s is refused', async (_, text, names) => {
    const path = await written(text);
    const failure = await readAccessRules(path).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure).toMatchObject({ code: 'access.invalid' });
    expect((failure as Error).message).toContain(names);
  });

  test('that is not there is an error too', async () => {
    await expect(readAccessRules('/nowhere/access.yaml')).rejects.toMatchObject({
      code: 'access.unreadable',
    });
  });
});

describe('access in a conversation', () => {
  test('who may not ask is told so, and nothing is retrieved', async () => {
    const stage = await openStage({ rules: [{ allow: true, people: ['U2'] }] });
    const { channel, last } = openScribe();
    expect(await stage.conversation.hear(said('Why?'), channel)).toEqual({ kind: 'refused' });
    expect(last()).toEqual({ type: 'notice', notice: { code: 'not-allowed' } });
    expect(stage.asked).toEqual([]);
    await stage.close();
  });

  test('what may be seen is what the rules, the channel and the asker’s own limits all allow', async () => {
    const stage = await openStage({ rules: [{ allow: true, sources: ['blog', 'mail'] }] });
    const { channel } = openScribe();
    const { conversation } = stage;
    await conversation.changeSettings(place, {
      ...(await conversation.settings(place)),
      sources: ['blog', 'talks'],
    });
    const only = { authors: ['ada'], since: '2025-01-01' };
    await conversation.hear(said('Why?', { only }), channel);
    expect(stage.asked[0]?.access).toEqual({ sources: ['blog'], ...only });
    await stage.close();
  });
});
