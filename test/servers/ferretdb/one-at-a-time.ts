import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/: length, id, answer to, kind; then flags. */
const headBytes = 16;
const opMsg = 2_013;
const moreToCome = 2;

export type Gate = {
  readonly port: number;
  /** The next command of this name is carried out, and its answer lost with the connection. */
  loseAnswerTo(command: string): void;
  close(): Promise<void>;
};

/**
 * Lets a server of MongoDB's protocol work on one message at a time. MongoDB promises that an update of one document
 * is atomic; FerretDB 1.24 finds the document and writes it back whole, without looking whether it has changed
 * meanwhile, so that of two who compare and swap at once both may be told that they won.
 */
export async function oneAtATime(behind: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let turn: Promise<void> = Promise.resolve();
  let unlucky: string | undefined;
  const server = createServer((front) => {
    const back = connect(behind, '127.0.0.1');
    const answers = messagesOf(back);
    for (const socket of [front, back]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        front.destroy();
        // Behind, an answer may be under way still, and the next has to wait for its end.
        back.end();
      });
    }
    const serve = async () => {
      for await (const asked of messagesOf(front)) {
        const before = turn;
        let done = () => {};
        turn = new Promise((resolve) => {
          done = resolve;
        });
        await before;
        try {
          back.write(asked);
          if (!wantsAnswer(asked)) continue;
          const { value: answer } = await answers.next();
          if (!answer) break;
          if (unlucky !== undefined && commandOf(asked) === unlucky) {
            unlucky = undefined;
            break;
          }
          if (!front.destroyed) front.write(answer);
        } finally {
          done();
        }
      }
      front.destroy();
    };
    void serve().catch(() => front.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    loseAnswerTo(command) {
      unlucky = command;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

const wantsAnswer = (message: Buffer) =>
  message.readInt32LE(12) !== opMsg || (message.readInt32LE(headBytes) & moreToCome) === 0;

/** The first key of the first document: after head, flags, kind of section, length and type of the value. */
function commandOf(message: Buffer): string | undefined {
  const at = headBytes + 10;
  if (message.readInt32LE(12) !== opMsg) return undefined;
  return message.toString('utf8', at, message.indexOf(0, at));
}

/** Whole messages, as each says how long it is; ends with the connection. */
async function* messagesOf(socket: Socket): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  try {
    for await (const bytes of socket) {
      rest = Buffer.concat([rest, bytes as Buffer]);
      while (rest.length >= headBytes && rest.length >= rest.readInt32LE(0)) {
        const length = rest.readInt32LE(0);
        yield rest.subarray(0, length);
        rest = rest.subarray(length);
      }
    }
  } catch {
    // Cut off: whoever waits learns that there is no more.
  }
}
