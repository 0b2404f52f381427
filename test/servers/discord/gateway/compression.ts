import { constants, createDeflate, deflateSync } from 'node:zlib';
import type { WebSocket } from 'ws';

/** Sends payloads in order; what it returns is done once `text` is handed to the socket. */
export type Outlet = (text: string) => void;

/** One JSON text a message. */
export function plainOutlet(socket: WebSocket): Outlet {
  return (text) => socket.send(text);
}

/** Identify-time compression: each large payload is a zlib stream of its own. */
export function payloadOutlet(socket: WebSocket): Outlet {
  return (text) => socket.send(text.length > 1024 ? deflateSync(text) : text);
}

/** Transport compression: one zlib stream over the whole connection, flushed after each payload. */
export function streamOutlet(socket: WebSocket): Outlet {
  const deflate = createDeflate();
  let chunks: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
  let last = Promise.resolve();
  return (text) => {
    last = last.then(
      () =>
        new Promise((done) => {
          deflate.write(text);
          deflate.flush(constants.Z_SYNC_FLUSH, () => {
            if (socket.readyState === socket.OPEN) socket.send(Buffer.concat(chunks));
            chunks = [];
            done();
          });
        }),
    );
  };
}
