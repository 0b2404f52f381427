/** As much of the Protocol Buffers wire format as an ONNX file needs: varints and byte strings. */
export function varint(field: number, value: number): Buffer {
  return Buffer.concat([encode(field * 8), encode(value)]);
}

export function bytes(field: number, content: Uint8Array | string): Buffer {
  const body = Buffer.from(content);
  return Buffer.concat([encode(field * 8 + 2), encode(body.length), body]);
}

/** A nested message: its fields one after another. */
export function message(field: number, ...fields: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(fields));
}

function encode(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return Buffer.from(out);
}
