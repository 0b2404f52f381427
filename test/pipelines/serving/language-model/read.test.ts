import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { completed, completedAs } from '../../../../pipelines/serving/language-model/read.ts';
import { failure } from '../endpoints/fixtures.ts';
import { asked, bodies, type Opened, opened } from './fixtures.ts';

let now: Opened;
beforeEach(async () => {
  now = await opened();
});
afterEach(() => now.close());
const shape = z.object({ years: z.array(z.number().int()) });

test('a whole reply is its text and its end', async () => {
  now.server.says(() => ['one ', 'two']);
  const { text, reason, usage } = await completed(now.model, asked);
  expect({ text, reason }).toEqual({ text: 'one two', reason: 'stop' });
  expect(usage?.completionTokens).toBe(2);
});

test.each([
  ['as it is', '{"years": [2024]}'],
  ['fenced', '```json\n{"years": [2024]}\n```\n'],
  ['fenced without a name', '\n```\n{"years": [2024]}\n```'],
])('JSON is read %s', async (_how, reply) => {
  now.server.says(() => reply);
  const { value } = await completedAs(now.model, { ...asked, name: 'time', shape });
  expect(value).toEqual({ years: [2024] });
});

test('the shape is sent along as JSON Schema, and greedily', async () => {
  await completedAs(now.model, { ...asked, name: 'time', shape });
  expect(bodies(now.server)[0]).toMatchObject({
    temperature: 0,
    response_format: { type: 'json', value: { required: ['years'] } },
  });
});

test.each([
  ['no JSON', 'in 2024'],
  ['another shape', '{"years": "2024"}'],
  ['half of it', '{"years": [20'],
])('%s is a transient failure that says what is wrong with it', async (_what, reply) => {
  now.server.says(() => reply);
  const error = await failure(completedAs(now.model, { ...asked, name: 'time', shape }));
  expect(error).toMatchObject({ name: 'TransientError', code: 'chat.shape' });
  expect(error.message).toContain('is not a time');
});
