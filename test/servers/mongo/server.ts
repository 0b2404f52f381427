import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { BSON } from 'mongodb';
import { openAnswers } from './answers.ts';
import type { ChangeLog } from './change-log.ts';
import { faultReply, MongoFault } from './fault.ts';
import type { Kept } from './kept.ts';
import { frames, read, write } from './wire.ts';

/** What befalls a command: its connection is cut before or after it is done, it fails, or it waits until `release`. */
export type Mishap = 'cut-before' | 'cut-after' | 'hold' | MongoFault;

export type ReplicaSet = {
  readonly url: string;
  /** A collection as it stands. */
  collection(name: string): Kept;
  /** Everything that was asked, but for the handshakes. */
  readonly commands: readonly BSON.Document[];
  /** What was asked and is no MongoDB; a test that ends with some has failed. */
  readonly violations: readonly string[];
  /** Befalls the next `times` commands of that name, 1 unless told. */
  befall(command: string, mishap: Mishap, times?: number): void;
  release(): void;
  /** The stream of changes of `documents`. Writes tell themselves; this can tell more. */
  readonly changes: ChangeLog;
  /** Ends every connection, and takes none until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
};

/** BadValue, IllegalOperation, CommandNotFound, and a field that is none. */
const ourMistakes = [2, 20, 59, 40_415];

/**
 * A MongoDB replica set of one, in this process and in memory: as much of it as the real driver and our adapters need
 * where FerretDB has nothing to offer, which is change streams, retryable writes, schemas, and mishaps on demand.
 * Commands are held to their documented fields; what is not known here is refused, not guessed.
 */
export async function startReplicaSet({
  standalone = false,
}: {
  readonly standalone?: boolean;
} = {}): Promise<ReplicaSet> {
  const sockets = new Set<Socket>();
  const commands: BSON.Document[] = [];
  const violations: string[] = [];
  const mishaps: { readonly command: string; readonly mishap: Mishap; times: number }[] = [];
  let held = Promise.withResolvers<void>();
  let port = 0;
  const { changes, collection, answer } = openAnswers(
    () => helloOf(standalone ? undefined : `127.0.0.1:${port}`),
    standalone,
  );

  const befallen = (command: string): Mishap | undefined => {
    const met = mishaps.find((each) => each.command === command && each.times > 0);
    if (met) met.times -= 1;
    return met?.mishap;
  };

  const replyTo = async (command: string, body: BSON.Document, mishap: Mishap | undefined) => {
    try {
      if (mishap === 'hold') await held.promise;
      if (mishap instanceof MongoFault) throw mishap;
      return await answer(command, body);
    } catch (error) {
      if (!(error instanceof MongoFault)) throw error;
      if (ourMistakes.includes(error.code)) violations.push(`${command}: ${error.message}`);
      return faultReply(error);
    }
  };

  const serve = async (socket: Socket) => {
    for await (const frame of frames(socket)) {
      const message = read(frame);
      const [command = ''] = Object.keys(message.body);
      if (command !== 'hello' && command !== 'ismaster') commands.push(message.body);
      const mishap = befallen(command);
      if (mishap === 'cut-before') return;
      const reply = await replyTo(command, message.body, mishap);
      if (mishap === 'cut-after') return;
      if (!message.silent && !socket.destroyed) socket.write(write(message, reply));
    }
  };

  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    serve(socket)
      .catch((error) => violations.push(String(error)))
      .finally(() => socket.destroy());
  });
  const comeBack = async () => {
    listening.listen(port, '127.0.0.1');
    await once(listening, 'listening');
    port = (listening.address() as AddressInfo).port;
  };
  const goAway = async () => {
    const closed = once(listening, 'close');
    listening.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await comeBack();

  return {
    url: `mongodb://127.0.0.1:${port}/understudy${standalone ? '' : '?replicaSet=rs0'}`,
    ...{ collection, commands, violations, changes, goAway, comeBack },
    befall: (command, mishap, times = 1) => void mishaps.push({ command, mishap, times }),
    release() {
      held.resolve();
      held = Promise.withResolvers();
    },
    async stop() {
      held.resolve();
      if (listening.listening) await goAway();
    },
  };
}

/** https://www.mongodb.com/docs/manual/reference/command/hello/ */
function helloOf(member: string | undefined): BSON.Document {
  return {
    ...{ ok: 1, helloOk: true, isWritablePrimary: true, ismaster: true, readOnly: false },
    ...{ maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000 },
    ...{ maxWriteBatchSize: 100_000, localTime: new Date(), minWireVersion: 0, maxWireVersion: 21 },
    logicalSessionTimeoutMinutes: 30,
    ...(member !== undefined && {
      ...{ setName: 'rs0', setVersion: 1, secondary: false },
      ...{ hosts: [member], primary: member, me: member },
    }),
  };
}
