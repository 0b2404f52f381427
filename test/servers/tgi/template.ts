import type { ChatMessage } from './types.ts';

/** A chat template like Llama 3's. */
export function templated(messages: readonly ChatMessage[]): string {
  const turns = messages.map(
    ({ role, content }) => `<|start_header_id|>${role}<|end_header_id|>\n\n${content}<|eot_id|>`,
  );
  return `<|begin_of_text|>${turns.join('')}<|start_header_id|>assistant<|end_header_id|>\n\n`;
}
