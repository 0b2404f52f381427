import { expect, test } from 'vitest';
import { isLocal, readApi } from '../../../bots/api/config.ts';

test('without a port there is no API', () => {
  expect(readApi({})).toBeNull();
  expect(readApi({ API_HOST: '0.0.0.0', API_PORT: '' })).toBeNull();
});

test('a port alone serves this machine, within limits', () => {
  expect(readApi({ API_PORT: '8080' })).toEqual({
    port: 8080,
    host: '127.0.0.1',
    origins: [],
    perMinute: 120,
  });
});

test('host, origins and limit are as they are set; 0 is no limit', () => {
  const variables = {
    API_PORT: '0',
    API_HOST: '::',
    API_ORIGINS: 'https://chat.example, http://localhost:3000',
    API_PER_MINUTE: '0',
  };
  expect(readApi(variables)).toEqual({
    port: 0,
    host: '::',
    origins: ['https://chat.example', 'http://localhost:3000'],
    perMinute: null,
  });
});

test.each([
  ['API_PORT', { API_PORT: '70000' }],
  ['API_ORIGINS', { API_PORT: '1', API_ORIGINS: 'https://chat.example/path' }],
  ['API_ORIGINS', { API_PORT: '1', API_ORIGINS: '*' }],
  ['API_PER_MINUTE', { API_PORT: '1', API_PER_MINUTE: '-1' }],
])('a wrong %s is named, its value is not', (name, variables) => {
  expect(() => readApi(variables)).toThrow(name);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.evil.example', false],
  ['::ffff:127.0.0.1', true],
  ['::ffff:10.0.0.1', false],
])('%s is this machine alone: %s', (host, local) => {
  expect(isLocal({ host })).toBe(local);
});
