/** Metadata values of a GGUF file, with the type that each is written as. */
export type Value =
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly flag: boolean }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly f32s: readonly number[] }
  | { readonly i32s: readonly number[] };

export type Tensor = {
  readonly name: string;
  /** Fastest first. */
  readonly dimensions: readonly number[];
  readonly data: Float32Array;
};

const ALIGNMENT = 32;
const TYPES = { u32: 4, i32: 5, f32: 6, flag: 7, text: 8, array: 9 } as const;

/**
 * A GGUF file, version 3, all tensors 32-bit floats
 * (github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 */
export function gguf(
  metadata: Readonly<Record<string, Value>>,
  tensors: readonly Tensor[],
): Buffer {
  const entries = Object.entries(metadata);
  const head = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) head.push(text(key), written(value));
  let offset = 0;
  for (const { name, dimensions, data } of tensors) {
    head.push(text(name), u32(dimensions.length), ...dimensions.map(u64), u32(0), u64(offset));
    offset = aligned(offset + data.byteLength);
  }
  const parts = [padded(Buffer.concat(head))];
  for (const { data } of tensors) {
    parts.push(padded(Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
  }
  return Buffer.concat(parts);
}

function written(value: Value): Buffer {
  if ('u32' in value) return Buffer.concat([u32(TYPES.u32), u32(value.u32)]);
  if ('f32' in value) return Buffer.concat([u32(TYPES.f32), f32(value.f32)]);
  if ('flag' in value) return Buffer.concat([u32(TYPES.flag), Buffer.of(value.flag ? 1 : 0)]);
  if ('text' in value) return Buffer.concat([u32(TYPES.text), text(value.text)]);
  if ('texts' in value) return array(TYPES.text, value.texts.map(text));
  if ('f32s' in value) return array(TYPES.f32, value.f32s.map(f32));
  return array(TYPES.i32, value.i32s.map(u32));
}

function array(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(TYPES.array), u32(type), u64(items.length), ...items]);
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function u64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function f32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function aligned(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
}
