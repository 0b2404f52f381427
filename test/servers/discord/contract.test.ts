import { expect, test } from 'vitest';
import { match, requestErrors, responseErrors } from './contract/contract.ts';
import { trim } from './contract/trim-contract.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const WHOLE = {
  info: { title: 'Tiny', version: '1' },
  paths: {
    '/plays/{id}': {
      parameters: [{ name: 'id', in: 'path', schema: ref('Id'), description: 'Which' }],
      get: {
        operationId: 'get_play',
        responses: { '200': json(ref('Play')), '4XX': json(ref('Error')) },
      },
      delete: { operationId: 'delete_play', responses: { '204': { description: 'Gone' } } },
    },
  },
  components: {
    schemas: {
      Id: { type: 'string', description: 'A number' },
      Play: {
        title: 'A play',
        properties: { title: { type: 'string' }, kind: ref('Kind'), poll: ref('PollResponse') },
      },
      Kind: {
        type: 'integer',
        oneOf: [
          { title: 'COMEDY', const: 1 },
          { title: 'TRAGEDY', const: 2 },
        ],
      },
      PollResponse: { type: 'object' },
      Unreached: { type: 'object' },
      ErrorResponse: { type: 'object' },
      RatelimitedResponse: { type: 'object' },
    },
  },
};

test('trimming keeps the operations that are served and the schemas they reach, without the prose', () => {
  const { operations, components } = trim(WHOLE, ['get_play']);
  expect(operations).toEqual({
    get_play: {
      method: 'GET',
      path: '/plays/{id}',
      parameters: [{ name: 'id', in: 'path', schema: ref('Id') }],
      responses: { '200': ref('Play') },
    },
  });
  expect(components).toEqual({
    schemas: {
      Id: { type: 'string' },
      Play: { properties: { title: { type: 'string' }, kind: ref('Kind'), poll: false } },
      Kind: { type: 'integer', enum: [1, 2] },
      ErrorResponse: { type: 'object' },
      RatelimitedResponse: { type: 'object' },
    },
  });
});

test('trimming refuses a document that lacks an operation', () => {
  expect(() => trim(WHOLE, ['get_play', 'stage_play'])).toThrow('no operation stage_play');
});

test('literal paths come before parameters, escaped or not', () => {
  const path = '/webhooks/1/token/messages';
  expect(match('PATCH', `${path}/%40original`)?.operation).toBe('update_original_webhook_message');
  expect(match('PATCH', `${path}/2`)).toEqual({
    operation: 'update_webhook_message',
    params: { webhook_id: '1', webhook_token: 'token', message_id: '2' },
  });
  expect(match('PUT', path)).toBeUndefined();
});

test('errors say what is wrong where, of the alternative that was meant', () => {
  const matched = match('POST', '/channels/1/messages');
  if (!matched) throw new Error('messages are created there');
  const button = { type: 2, style: 1, label: 'x'.repeat(81), custom_id: 'x' };
  const body = { components: [{ type: 1, components: [button] }] };
  expect(requestErrors(matched, new URLSearchParams(), body)).toEqual([
    {
      path: ['components', '0', 'components', '0', 'label'],
      code: 'BASE_TYPE_MAXLENGTH',
      message: 'must NOT have more than 80 characters',
    },
  ]);
});

test('this server’s own answers are held to the document as well', () => {
  expect(responseErrors('get_gateway', 200, { url: 'ws://127.0.0.1' })).toEqual([]);
  expect(responseErrors('get_gateway', 200, {})).toEqual([
    "body must have required property 'url'",
  ]);
  expect(responseErrors('get_gateway', 204, undefined)).toEqual(['get_gateway never answers 204']);
  expect(responseErrors('delete_message', 204, {})).toEqual([
    'delete_message answers 204 without a body',
  ]);
  expect(responseErrors('get_gateway', 429, { message: 'x' })).not.toEqual([]);
});
