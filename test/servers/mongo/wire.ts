import type { Socket } from 'node:net';
import { BSON } from 'mongodb';

/**
 * MongoDB's wire protocol as far as today's drivers speak it: OP_MSG, and the one OP_QUERY that begins a connection.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
const headerBytes = 16;

export type Message = {
  readonly requestId: number;
  /** A first handshake in the old form, which is answered in the old form. */
  readonly legacy: boolean;
  /** Nobody waits for a reply. */
  readonly silent: boolean;
  /** The command with its name as the first field; document sequences stand in it as arrays. */
  readonly body: BSON.Document;
};

/** Whole messages out of a stream of bytes; ends when the socket does. */
export async function* frames(socket: Socket): AsyncGenerator<Buffer, void> {
  let rest = Buffer.alloc(0);
  try {
    for await (const bytes of socket) {
      rest = Buffer.concat([rest, bytes as Buffer]);
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const length = rest.readInt32LE(0);
        if (length < headerBytes) throw new Error(`A message of ${length} bytes is none.`);
        const frame = rest.subarray(0, length);
        rest = rest.subarray(length);
        yield frame;
      }
    }
  } catch (error) {
    // Cut off in mid-stream: the peer went, which is no failure of ours.
    if (!socket.destroyed) throw error;
  }
}

export function read(frame: Buffer): Message {
  const requestId = frame.readInt32LE(4);
  const code = frame.readInt32LE(12);
  if (code === opQuery) {
    const nameEnd = frame.indexOf(0, headerBytes + 4);
    return { requestId, legacy: true, silent: false, body: document(frame, nameEnd + 1 + 8) };
  }
  if (code !== opMsg) throw new Error(`Operation ${code} is not spoken here.`);
  const flags = frame.readUInt32LE(headerBytes);
  const checksum = 1;
  const moreToCome = 2;
  const exhaustAllowed = 1 << 16;
  const known = checksum | moreToCome | exhaustAllowed;
  if ((flags & ~known) !== 0) throw new Error(`Flags ${flags} are not known here.`);
  const end = frame.length - (flags & checksum ? 4 : 0);
  let body: BSON.Document | undefined;
  const sequences: BSON.Document = {};
  for (let at = headerBytes + 4; at < end; ) {
    const kind = frame.readUInt8(at);
    at += 1;
    if (kind === 0) {
      if (body) throw new Error('A message has one body.');
      body = document(frame, at);
      at += frame.readInt32LE(at);
    } else if (kind === 1) {
      const sectionEnd = at + frame.readInt32LE(at);
      const nameEnd = frame.indexOf(0, at + 4);
      const name = frame.toString('utf8', at + 4, nameEnd);
      const documents: BSON.Document[] = [];
      for (at = nameEnd + 1; at < sectionEnd; at += frame.readInt32LE(at)) {
        documents.push(document(frame, at));
      }
      sequences[name] = documents;
    } else {
      throw new Error(`Section kind ${kind} is not known here.`);
    }
  }
  if (!body) throw new Error('A message without a body.');
  const silent = (flags & moreToCome) !== 0;
  return { requestId, legacy: false, silent, body: { ...body, ...sequences } };
}

export function write({ requestId, legacy }: Message, body: BSON.Document): Buffer {
  const bson = BSON.serialize(body);
  const prefix = legacy ? Buffer.alloc(headerBytes + 20) : Buffer.alloc(headerBytes + 5);
  prefix.writeInt32LE(prefix.length + bson.length, 0);
  prefix.writeInt32LE(requestId, 8);
  prefix.writeInt32LE(legacy ? opReply : opMsg, 12);
  // OP_REPLY: flags, cursor id, starting from, number returned. OP_MSG: flags, then a section of kind 0.
  if (legacy) prefix.writeInt32LE(1, headerBytes + 16);
  return Buffer.concat([prefix, bson]);
}

function document(frame: Buffer, at: number): BSON.Document {
  const bytes = frame.subarray(at, at + frame.readInt32LE(at));
  return BSON.deserialize(bytes, { promoteValues: true, promoteLongs: false });
}
