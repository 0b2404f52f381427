import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Core } from '../core.ts';
import type { SocketControl } from '../types.ts';
import type { Attempt, Transport } from './outbox.ts';

/** Socket Mode: docs.slack.dev/apis/events-api/using-socket-mode. */
export type Sockets = {
  readonly transport: Transport;
  readonly control: SocketControl;
  connectionUrl(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
};

// A client that is stopping needs a moment for its half of the closing handshake.
const GOODBYE_MS = 500;

const ack = z.strictObject({
  envelope_id: z.string().min(1),
  payload: z.union([z.record(z.string(), z.unknown()), z.string()]).optional(),
});

export function openSockets(core: () => Core, connected: () => void): Sockets {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open: WebSocket[] = [];
  const sent = new Map<string, { attempt: Attempt; socket: WebSocket }>();
  let opened = 0;
  let turn = 0;

  const take = (socket: WebSocket, data: string): void => {
    const { violate } = core();
    const parsed = ack.safeParse(safeJson(data));
    if (!parsed.success) {
      violate('bad_ack', 'socket', `not an acknowledgement: ${data.slice(0, 200)}`);
      return;
    }
    const { envelope_id: id, payload } = parsed.data;
    const known = sent.get(id);
    if (known === undefined) {
      violate('unknown_envelope', 'socket', `no such envelope: ${id}`);
      return;
    }
    if (known.socket !== socket) violate('wrong_connection', 'socket', `${id} came on another`);
    if (known.attempt.delivery.state === 'acknowledged') {
      violate('double_ack', 'socket', `${id} was acknowledged before`);
    }
    const isEmpty = payload === undefined || Object.keys(payload).length === 0;
    if (known.attempt.parcel.type === 'events_api' && !isEmpty) {
      violate('payload_not_accepted', 'socket', 'events take no payload with the acknowledgement');
    }
    known.attempt.acknowledged(isEmpty ? undefined : payload);
  };

  const greet = (socket: WebSocket): void => {
    const { app, settings, ids, changes } = core();
    open.push(socket);
    opened += 1;
    socket.on('message', (data, isBinary) => take(socket, isBinary ? '' : String(data)));
    const pinging = setInterval(() => socket.ping(), settings.pingIntervalMs);
    socket.once('close', () => {
      clearInterval(pinging);
      open.splice(open.indexOf(socket), 1);
      for (const { attempt, socket: used } of sent.values()) {
        if (used === socket) attempt.lost('connection_failed', false);
      }
      changes.changed();
    });
    socket.on('error', () => socket.terminate());
    const host = `applink-${ids.hex(6)}`;
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.length,
        debug_info: { host, build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: app.id },
      }),
    );
    changes.changed();
    connected();
  };

  return {
    transport: {
      via: 'socket',
      send: (attempt) => {
        const ready = open.filter((socket) => socket.readyState === socket.OPEN);
        const socket = ready[turn++ % Math.max(1, ready.length)];
        if (socket === undefined) return false;
        const { parcel, delivery } = attempt;
        sent.set(delivery.envelopeId, { attempt, socket });
        socket.send(
          JSON.stringify({
            envelope_id: delivery.envelopeId,
            type: parcel.type,
            accepts_response_payload: parcel.type !== 'events_api',
            payload: parcel.payload,
            ...(parcel.type === 'events_api'
              ? { retry_attempt: parcel.attempt, retry_reason: parcel.reason ?? '' }
              : {}),
          }),
        );
        return true;
      },
    },
    control: {
      get connections() {
        return open.length;
      },
      get opened() {
        return opened;
      },
      disconnect: (reason = 'refresh_requested') => {
        const debug_info = { host: `applink-${core().ids.hex(6)}` };
        for (const socket of open) {
          socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info }));
        }
      },
      drop: () => {
        for (const socket of [...open]) socket.terminate();
      },
    },
    connectionUrl: () => {
      const ticket = core().ids.hex(32);
      tickets.add(ticket);
      const origin = core().origin().replace('http:', 'ws:');
      return `${origin}/link/?ticket=${ticket}&app_id=${core().app.id}`;
    },
    upgrade: (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'ws://local').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) {
        core().violate(
          'bad_ticket',
          'socket',
          'the address was never given out, or was used before',
        );
        socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, greet);
    },
    close: async () => {
      await Promise.all(open.map(leave));
      server.close();
    },
  };
}

function leave(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const impatient = setTimeout(() => socket.terminate(), GOODBYE_MS);
    socket.once('close', () => {
      clearTimeout(impatient);
      resolve();
    });
    socket.close(1_000);
  });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
