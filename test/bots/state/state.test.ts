import { expect, test } from 'vitest';
import { pseudonymKey } from '../../../bots/state/key.ts';
import { openSealedStore } from '../../../bots/state/secrets.ts';
import { openConversationState } from '../../../bots/state/sqlite.ts';
import { describeConversationState } from '../../conformance/conversation-state.ts';
import { temporaryHome } from '../../pipelines/stores/temporary.ts';

describeConversationState('SQLite', async () => {
  const place = temporaryHome();
  return {
    state: openConversationState(place.open()),
    other: openConversationState(place.open()),
    where: place.home,
    close: async () => place.close(),
  };
});

test('sealed bytes are kept, replaced and removed by name', async () => {
  const place = temporaryHome();
  const store = openSealedStore(place.open());
  const other = openSealedStore(place.open());
  expect(await store.get('a')).toBeUndefined();
  await store.put('a', Uint8Array.of(1, 2));
  await other.put('a', Uint8Array.of(3));
  await other.put('b', Uint8Array.of());
  expect(await store.get('a')).toEqual(Uint8Array.of(3));
  expect(await store.get('b')).toEqual(Uint8Array.of());
  await store.remove('a');
  expect(await other.get('a')).toBeUndefined();
  place.close();
});

test('the key of pseudonyms is made once a home, and nobody else may read it', async () => {
  const place = temporaryHome();
  const other = temporaryHome();
  const key = Buffer.from(pseudonymKey(place.home));
  expect(key).toHaveLength(32);
  expect(Buffer.from(pseudonymKey(place.home)).equals(key)).toBe(true);
  expect(Buffer.from(pseudonymKey(other.home)).equals(key)).toBe(false);
  const { statSync } = await import('node:fs');
  expect(statSync(`${place.home}/pseudonym.key`).mode & 0o077).toBe(0);
  place.close();
  other.close();
});
