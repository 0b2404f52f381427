/**
 * Makes a tiny embedding model out of nothing: one table of random numbers, looked up by token. A few
 * kilobytes, the same bytes every time, and texts that share words really are near each other.
 *
 * `node test/models/tiny.ts FOLDER`
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../evals/statistics/random.ts';
import { bytes, message, varint } from './protobuf.ts';

export const tinyDimensions = 16;
export const tinyMaxTokens = 64;

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const punctuation = [...'.,;:!?\'"()-'];
const words =
  'the a of to and in is it we that redis cache outage memory queue recipe bread flour oven';
const tokens = [
  ...['[PAD]', '[UNK]', '[CLS]', '[SEP]'],
  ...letters,
  ...letters.map((letter) => `##${letter}`),
  ...punctuation,
  ...words.split(' ').filter((word) => word.length > 1),
];

/** Writes the model into `folder`, in the layout of the Hugging Face Hub. */
export async function writeTinyModel(folder: string, settings?: object): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const json = (name: string, value: object) =>
    writeFile(join(folder, name), JSON.stringify(value, null, 1));
  await json('config.json', { model_type: 'bert', hidden_size: tinyDimensions });
  await json('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    model_max_length: tinyMaxTokens,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
  });
  await json('tokenizer.json', tokenizer());
  if (settings) await json('understudy.json', settings);
  await writeFile(join(folder, 'onnx', 'model.onnx'), onnxModel());
}

function tokenizer(): object {
  const special = (content: string) => ({
    id: tokens.indexOf(content),
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  const cls = { SpecialToken: { id: '[CLS]', type_id: 0 } };
  const sep = { SpecialToken: { id: '[SEP]', type_id: 0 } };
  const template = (id: string) => ({ id, ids: [tokens.indexOf(id)], tokens: [id] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens.slice(0, 4).map(special),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [cls, { Sequence: { id: 'A', type_id: 0 } }, sep],
      pair: [
        cls,
        { Sequence: { id: 'A', type_id: 0 } },
        sep,
        { Sequence: { id: 'B', type_id: 1 } },
      ],
      special_tokens: { '[CLS]': template('[CLS]'), '[SEP]': template('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    },
  };
}

const float = 1;
const int64 = 7;

/** `last_hidden_state = Gather(table, input_ids)`; field numbers as in onnx.proto of ONNX 1.16. */
function onnxModel(): Buffer {
  const node = message(
    1,
    bytes(1, 'table'),
    bytes(1, 'input_ids'),
    bytes(2, 'last_hidden_state'),
    bytes(4, 'Gather'),
  );
  const table = message(
    5,
    varint(1, tokens.length),
    varint(1, tinyDimensions),
    varint(2, float),
    bytes(8, 'table'),
    bytes(9, randomTable()),
  );
  const input = value(11, 'input_ids', int64, ['batch', 'sequence']);
  const output = value(12, 'last_hidden_state', float, ['batch', 'sequence', tinyDimensions]);
  const graph = message(7, node, bytes(2, 'tiny'), table, input, output);
  const opset = message(8, bytes(1, ''), varint(2, 13));
  return Buffer.concat([varint(1, 8), bytes(2, 'understudy'), graph, opset]);
}

function value(
  field: number,
  name: string,
  elementType: number,
  shape: readonly (string | number)[],
): Buffer {
  const dimensions = shape.map((size) =>
    message(1, typeof size === 'number' ? varint(1, size) : bytes(2, size)),
  );
  const tensor = message(1, varint(1, elementType), message(2, ...dimensions));
  return message(field, bytes(1, name), message(2, tensor));
}

/** Numbers in [-1, 1), always the same. */
function randomTable(): Buffer {
  const numbers = Buffer.alloc(tokens.length * tinyDimensions * 4);
  const random = seededRandom(20260314);
  for (let offset = 0; offset < numbers.length; offset += 4) {
    numbers.writeFloatLE(2 * random() - 1, offset);
  }
  return numbers;
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error('usage: node test/models/tiny.ts FOLDER');
    process.exitCode = 2;
  } else {
    await writeTinyModel(folder);
  }
}
