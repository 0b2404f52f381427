/**
 * A model server that costs as little as one can: it answers as TGI does, in tokens that wait for nothing. Prints its
 * address as a line once it listens.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { replyTokens } from './reply.ts';

const model = 'stub/understudy';
const info = JSON.stringify({
  model_id: model,
  model_sha: '0123456789abcdef0123456789abcdef01234567',
  model_pipeline_tag: 'text-generation',
  max_concurrent_requests: 128,
  max_best_of: 2,
  max_stop_sequences: 4,
  max_input_tokens: 16_000,
  max_total_tokens: 16_384,
  validation_workers: 2,
  max_client_batch_size: 4,
  router: 'text-generation-router',
  version: '3.3.7',
  sha: null,
  docker_label: null,
});
const models = JSON.stringify({
  object: 'list',
  data: [{ id: model, object: 'model', created: 0, owned_by: model }],
});

const usage = { prompt_tokens: 1_300, completion_tokens: replyTokens.length, total_tokens: 1_364 };
const head = {
  id: 'chatcmpl-stub',
  object: 'chat.completion.chunk',
  created: 1_767_225_600,
  model,
};
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const choice = (content: string, finish_reason: string | null) => ({
  ...head,
  system_fingerprint: '3.3.7-native',
  choices: [{ index: 0, delta: { role: 'assistant', content }, logprobs: null, finish_reason }],
  usage: null,
});
const done = 'data: [DONE]\n\n';
const events: readonly string[] = replyTokens.map((token, index) =>
  event(choice(token, index === replyTokens.length - 1 ? 'stop' : null)),
);
const usageEvent = event({ ...head, choices: [], usage });

/** What a model makes of a question that it is to read: two wordings of the same words. */
function readingEvent(body: string): string {
  const question = /\\"question\\":\\"(.*?)\\"/u.exec(body)?.[1] ?? '';
  const words = question.split(' ');
  const rewordings = [words.slice(2).join(' '), words.toReversed().join(' ')];
  return event(choice(JSON.stringify({ filters: [], steps: [], rewordings }), 'stop'));
}

/** As many tokens as a long prompt has, for a tokenizer's answer to be cut from. */
const tokens = Array.from({ length: 16_000 }, (_, index) =>
  JSON.stringify({ id: index + 1_000, text: 'word', start: index * 4, stop: index * 4 + 4 }),
);
/** A usual ratio of English. */
const bytesPerToken = 4;

const server = createServer((request, response) => {
  void answer(request, response);
});
// A client's connections must outlast the rounds of the others.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
// The bench that started it went away.
process.stdin.on('end', () => process.exit()).resume();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const json = { 'content-type': 'application/json' };
  switch (request.url) {
    case '/health':
      response.writeHead(200).end();
      return;
    case '/info':
      response.writeHead(200, json).end(info);
      return;
    case '/v1/models':
      response.writeHead(200, json).end(models);
      return;
    case '/chat_tokenize': {
      const { length } = await read(request);
      const counted = tokens.slice(0, Math.ceil(length / bytesPerToken)).join(',');
      response.writeHead(200, json).end(`{"tokenize_response":[${counted}],"templated_text":""}`);
      return;
    }
    case '/v1/chat/completions': {
      const body = await read(request);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      if (body.includes('"response_format"')) response.write(readingEvent(body.toString()));
      else for (const each of events) response.write(each);
      if (body.includes('"include_usage":true')) response.write(usageEvent);
      response.end(done);
      return;
    }
    default:
      request.resume();
      response.writeHead(404, json).end('{"error":"not here","error_type":"validation"}');
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
