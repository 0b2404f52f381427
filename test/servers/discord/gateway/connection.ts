import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import type { World } from '../world/world.ts';
import { type Outlet, payloadOutlet, plainOutlet, streamOutlet } from './compression.ts';
import type { Session } from './session.ts';

export type Payload = {
  readonly op: number;
  readonly d?: unknown;
  readonly s?: number;
  readonly t?: string;
};

/** One WebSocket; a session may outlive several. */
export type Connection = {
  readonly send: (payload: Payload) => void;
  readonly close: (code: number) => void;
  readonly terminate: () => void;
  readonly compressPayloads: () => void;
  session: Session | undefined;
};

export type Listener = {
  readonly received: (connection: Connection, payload: Payload) => void;
  readonly gone: (connection: Connection, code: number) => void;
};

const SENDS_PER_MINUTE = 120;
const PAYLOAD_BYTES = 4096;

/** Speaks the gateway's framing on one socket: encoding, compression, pace. */
export function connect(
  world: World,
  socket: WebSocket,
  request: IncomingMessage,
  listener: Listener,
): Connection {
  const query = new URL(request.url ?? '/', 'http://gateway').searchParams;
  let outlet: Outlet =
    query.get('compress') === 'zlib-stream' ? streamOutlet(socket) : plainOutlet(socket);
  const streamed = query.get('compress') === 'zlib-stream';
  const connection: Connection = {
    send: (payload) => {
      if (socket.readyState === socket.OPEN) outlet(JSON.stringify(payload));
    },
    close: (code) => socket.close(code),
    terminate: () => socket.terminate(),
    compressPayloads: () => {
      if (!streamed) outlet = payloadOutlet(socket);
    },
    session: undefined,
  };
  const offend = (code: number, message: string) => {
    world.violations.push({
      kind: 'gateway',
      operation: 'gateway',
      method: 'WS',
      path: '/',
      message,
    });
    socket.close(code);
  };
  const sentAt: number[] = [];
  socket.on('message', (data: RawData) => {
    const text = String(data);
    const now = world.clock.now();
    sentAt.push(now);
    while ((sentAt[0] ?? now) <= now - 60_000) sentAt.shift();
    if (sentAt.length > SENDS_PER_MINUTE) return offend(4008, 'more than 120 payloads in a minute');
    if (Buffer.byteLength(text) > PAYLOAD_BYTES) return offend(4002, 'a payload over 4,096 bytes');
    const payload = parsed(text);
    if (!payload) return offend(4002, `no gateway payload: ${text.slice(0, 100)}`);
    listener.received(connection, payload);
  });
  socket.on('close', (code) => listener.gone(connection, code));
  socket.on('error', () => socket.terminate());
  if (query.get('v') !== '10') offend(4012, `API version ${query.get('v')}`);
  else if (query.get('encoding') !== 'json') offend(4002, `encoding ${query.get('encoding')}`);
  return connection;
}

function parsed(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isPayload = typeof value === 'object' && value !== null && 'op' in value;
    return isPayload && typeof value.op === 'number' ? (value as Payload) : undefined;
  } catch {
    return undefined;
  }
}
