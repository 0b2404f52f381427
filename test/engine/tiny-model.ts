/**
 * Writes a tiny language model with random weights for llama.cpp's server, and an adapter for it: it says real words
 * without sense, for a random while, the same greedily each time; with the adapter it says others.
 *
 *   node test/engine/tiny-model.ts tiny.gguf ada.gguf
 */
import { writeFileSync } from 'node:fs';
import { gguf, type Tensor, type Value } from './gguf.ts';
import { BOS, END, type Entry, isWord, KIND, vocabulary } from './vocabulary.ts';

const LAYERS = 2;
const WIDTH = 64;
const HEADS = 4;
const INNER = 128;
const CONTEXT = 8_192;
const RANK = 4;

const TEMPLATE = [
  '{% for message in messages %}',
  "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}",
  '{% endfor %}',
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
].join('');

/** The file's bytes; the seed is the weights. */
export function tinyModel(seed: number): Buffer {
  const entries = vocabulary();
  return gguf(metadata(entries), tensors(entries, gaussian(seed)));
}

/** A LoRA of rank 4 on what leaves each block's attention, wide enough to be heard. */
export function tinyAdapter(seed: number): Buffer {
  const random = gaussian(seed);
  const metadata: Record<string, Value> = {
    'general.type': { text: 'adapter' },
    'general.architecture': { text: 'llama' },
    'adapter.type': { text: 'lora' },
    'adapter.lora.alpha': { f32: RANK },
  };
  const pairs = Array.from({ length: LAYERS }, (_, layer) => {
    const name = `blk.${layer}.attn_output.weight`;
    return [
      matrix(`${name}.lora_a`, WIDTH, RANK, 0.5, random),
      matrix(`${name}.lora_b`, RANK, WIDTH, 0.5, random),
    ];
  });
  return gguf(metadata, pairs.flat());
}

function metadata(entries: readonly Entry[]): Record<string, Value> {
  const idOf = (text: string) => ({ u32: entries.findIndex((entry) => entry.text === text) });
  return {
    'general.architecture': { text: 'llama' },
    'general.name': { text: 'tiny-random' },
    'general.file_type': { u32: 0 },
    'llama.vocab_size': { u32: entries.length },
    'llama.context_length': { u32: CONTEXT },
    'llama.embedding_length': { u32: WIDTH },
    'llama.block_count': { u32: LAYERS },
    'llama.feed_forward_length': { u32: INNER },
    'llama.attention.head_count': { u32: HEADS },
    'llama.attention.head_count_kv': { u32: HEADS },
    'llama.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
    'llama.rope.dimension_count': { u32: WIDTH / HEADS },
    'tokenizer.ggml.model': { text: 'llama' },
    'tokenizer.ggml.tokens': { texts: entries.map(({ text }) => text) },
    // Longer pieces first: SentencePiece joins the pair with the best score.
    'tokenizer.ggml.scores': {
      f32s: entries.map(({ text, kind }) => (kind === KIND.normal ? text.length - 100 : 0)),
    },
    'tokenizer.ggml.token_type': { i32s: entries.map(({ kind }) => kind) },
    'tokenizer.ggml.bos_token_id': idOf(BOS),
    'tokenizer.ggml.eos_token_id': idOf(END),
    'tokenizer.ggml.unknown_token_id': { u32: 0 },
    'tokenizer.ggml.add_bos_token': { flag: true },
    'tokenizer.ggml.add_eos_token': { flag: false },
    // A blank that the tokenizer makes up would not fit the grammar of a constrained reply.
    'tokenizer.ggml.add_space_prefix': { flag: false },
    'tokenizer.chat_template': { text: TEMPLATE },
  };
}

function tensors(entries: readonly Entry[], random: () => number): Tensor[] {
  const ones = (name: string): Tensor => ({
    name: weight(name),
    dimensions: [WIDTH],
    data: new Float32Array(WIDTH).fill(1),
  });
  const blocks = Array.from({ length: LAYERS }, (_, layer) => {
    const block = (name: string) => `blk.${layer}.${name}`;
    return [
      ones(block('attn_norm')),
      matrix(weight(block('attn_q')), WIDTH, WIDTH, 0.3, random),
      matrix(weight(block('attn_k')), WIDTH, WIDTH, 0.3, random),
      matrix(weight(block('attn_v')), WIDTH, WIDTH, 0.3, random),
      matrix(weight(block('attn_output')), WIDTH, WIDTH, 0.3, random),
      ones(block('ffn_norm')),
      matrix(weight(block('ffn_gate')), WIDTH, INNER, 0.2, random),
      matrix(weight(block('ffn_up')), WIDTH, INNER, 0.2, random),
      matrix(weight(block('ffn_down')), INNER, WIDTH, 0.2, random),
    ];
  });
  const output = matrix(weight('output'), WIDTH, entries.length, 1, random);
  entries.forEach((entry, row) => {
    const reach = preference(entry);
    for (let at = row * WIDTH; at < (row + 1) * WIDTH; at += 1) {
      output.data[at] = (output.data[at] ?? 0) * reach;
    }
  });
  return [
    matrix(weight('token_embd'), WIDTH, entries.length, 1, random),
    ...blocks.flat(),
    ones('output_norm'),
    output,
  ];
}

function matrix(
  name: string,
  from: number,
  to: number,
  scale: number,
  random: () => number,
): Tensor {
  const data = Float32Array.from({ length: from * to }, () => random() * scale);
  return { name, dimensions: [from, to], data };
}

const weight = (name: string) => `${name}.weight`;

/**
 * How far a token's score may go: words are said, letters and signs only where a grammar leaves nothing else, bytes
 * never (they make no characters), and the ends of things often enough.
 */
function preference(entry: Entry): number {
  if (entry.text === END) return 1.15;
  if (entry.text === '"') return 1.2;
  if (isWord(entry)) return 1;
  return entry.kind === KIND.normal && !entry.text.startsWith('▁') ? 0.2 : 0;
}

/** Normal deviates by Box and Muller from a mulberry32 sequence. */
function gaussian(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

if (import.meta.main) {
  const [model, adapter] = process.argv.slice(2);
  if (!model || !adapter)
    throw new Error('Say where to: tiny-model.ts <model.gguf> <adapter.gguf>');
  writeFileSync(model, tinyModel(1));
  writeFileSync(adapter, tinyAdapter(2));
}
