import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be broken without the server noticing more than its clients leaving. */
export type Way = {
  readonly port: number;
  /** Resets every connection there is; new ones go through. */
  cut(): void;
  /** Resets every connection there is and refuses new ones. */
  close(): void;
  /** Lets connections through again. */
  open(): void;
  stop(): Promise<void>;
};

/** Passes TCP connections on to a port of the loopback address. */
export async function startProxy(target: number): Promise<Way> {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((incoming) => {
    if (!isOpen) {
      incoming.resetAndDestroy();
      return;
    }
    const outgoing = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      // Either end breaking breaks the other: that is all there is to tell.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    cut,
    close() {
      isOpen = false;
      cut();
    },
    open() {
      isOpen = true;
    },
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
