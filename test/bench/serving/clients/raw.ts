import type { OpenClient } from '../client.ts';
import { mustBeWhole, systemPrompt, userPrompt } from '../reply.ts';

/** The least there can be: `fetch`, and the events of the stream parsed. */
export const open: OpenClient = async ({ url }) => ({
  async ask() {
    const askedAt = performance.now();
    let firstMs = Number.NaN;
    let text = '';
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'tgi',
        stream: true,
        max_tokens: 128,
        messages: [
          { role: 'system', content: systemPrompt },
          { role: 'user', content: userPrompt },
        ],
      }),
    });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const decoder = new TextDecoder();
    let pending = '';
    for await (const part of response.body) {
      const lines = (pending + decoder.decode(part, { stream: true })).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('data: {')) continue;
        const { choices } = JSON.parse(line.slice('data: '.length)) as Chunk;
        const content = choices[0]?.delta.content ?? '';
        if (text === '' && content !== '') firstMs = performance.now() - askedAt;
        text += content;
      }
    }
    mustBeWhole(text);
    return firstMs;
  },
});

type Chunk = { readonly choices: readonly { readonly delta: { readonly content?: string } }[] };
