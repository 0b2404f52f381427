import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import type { World } from '../world/world.ts';
import { type Connection, connect, type Payload } from './connection.ts';
import { createDeliveries, everyNth, nextTimes } from './deliveries.ts';
import { identify, sendMembers, welcome } from './identify.ts';
import { dispatch, forSession, type Session } from './session.ts';

export type GatewayControls = {
  /** Sessions that are connected and ready, by shard. */
  readonly connected: () => readonly {
    readonly sessionId: string;
    readonly shard: number;
    readonly intents: number;
  }[];
  /** How many connections identified, resumed, and were refused; and how many heartbeats came. */
  readonly counts: { identified: number; resumed: number; invalidated: number; heartbeats: number };
  /** Breaks every connection, or one shard's, without a close frame; the session can be resumed. */
  readonly cut: (shard?: number) => void;
  /** Closes with a code, as 4009 (session timed out) or 4000. */
  readonly close: (code: number, shard?: number) => void;
  /** Op 7: asks the client to reconnect and resume. */
  readonly reconnect: (shard?: number) => void;
  /** Op 9; not resumable also forgets the session. */
  readonly invalidate: (resumable: boolean, shard?: number) => void;
  /** The next attempts to resume are refused with op 9 (false): everything since is lost. */
  readonly refuseResume: (times?: number) => void;
  /** Heartbeats are no longer acknowledged: a zombie. */
  readonly stopAcking: () => void;
  readonly startAcking: () => void;
  /** Op 1: asks for a heartbeat at once. */
  readonly requestHeartbeat: (shard?: number) => void;
  /** The next `times` events of this name (or any) are delivered twice. */
  readonly duplicateNext: (event?: string, times?: number) => void;
  /** Every n-th event is delivered twice. */
  readonly duplicateEvery: (n: number, event?: string) => void;
  /** After each resume, the last n events that the client had already seen come again. */
  readonly redeliverOnResume: (n: number) => void;
  /** The next `times` events of this name are delivered only after the event that follows them. */
  readonly swapNext: (event: string, times?: number) => void;
};

export type Gateway = {
  readonly controls: GatewayControls;
  /** Drops what was dispatched before; a client that resumes from earlier misses it. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
};

const HELLO = 10;
const INVALID_SESSION = 9;
const HEARTBEAT_ACK = 11;

export function createGateway(world: World, server: Server, url: () => string): Gateway {
  const sockets = new WebSocketServer({ server });
  const sessions = new Map<string, Session>();
  const connections = new Set<Connection>();
  const deliveries = createDeliveries();
  const counts = { identified: 0, resumed: 0, invalidated: 0, heartbeats: 0 };
  let acking = true;
  let refusals = 0;
  let redelivered = 0;

  sockets.on('connection', (socket, request) => {
    const connection = connect(world, socket, request, { received, gone });
    connections.add(connection);
    const interval = world.options.heartbeatIntervalMs ?? 41_250;
    connection.send({ op: HELLO, d: { heartbeat_interval: interval } });
  });
  world.events.on('announce', (event) => {
    for (const session of sessions.values()) {
      const data = forSession(world, session, event);
      if (data) deliveries.send(session, event, data);
    }
  });

  function received(connection: Connection, { op, d }: Payload): void {
    const { session } = connection;
    if (op === 1) {
      counts.heartbeats++;
      if (acking) connection.send({ op: HEARTBEAT_ACK });
    } else if (op === 2 || op === 6) {
      const refused = op === 2 ? start(connection, d) : resume(connection, d);
      if (refused !== undefined) connection.close(refused);
    } else if (op !== 3 && op !== 4 && op !== 8) connection.close(4001);
    else if (!session) connection.close(4003);
    else if (op === 8) sendMembers(world, session, d);
    world.changed();
  }

  /** Both give the close code which a wrong attempt deserves. */
  function start(connection: Connection, data: unknown): number | undefined {
    if (connection.session) return 4005;
    const session = identify(world, connection, data);
    if (typeof session === 'number') return session;
    counts.identified++;
    session.connection = connection;
    connection.session = session;
    sessions.set(session.id, session);
    welcome(world, session, url());
    return undefined;
  }

  function resume(connection: Connection, data: unknown): number | undefined {
    const {
      token,
      session_id: id,
      seq,
    } = data as { token: string; session_id: string; seq: number };
    if (connection.session) return 4005;
    if (token !== world.token) return 4004;
    const session = sessions.get(id);
    if (!session || refusals > 0) {
      refusals = Math.max(0, refusals - 1);
      counts.invalidated++;
      sessions.delete(id);
      connection.send({ op: INVALID_SESSION, d: false });
      return undefined;
    }
    if (seq > session.seq) return 4007;
    session.connection?.terminate();
    session.connection = connection;
    connection.session = session;
    counts.resumed++;
    for (const event of session.log) {
      if (event.s > seq - redelivered && event.t !== 'READY') connection.send({ op: 0, ...event });
    }
    dispatch(session, 'RESUMED', {});
    return undefined;
  }

  function gone(connection: Connection, code: number): void {
    connections.delete(connection);
    const { session } = connection;
    if (session?.connection === connection) session.connection = undefined;
    // Whoever says goodbye properly cannot come back to the session.
    if (session && (code === 1000 || code === 1001)) sessions.delete(session.id);
    world.changed();
  }

  const live = (shard?: number) =>
    [...sessions.values()].filter(
      (session) => session.connection && (shard === undefined || session.shard === shard),
    );
  const each = (shard: number | undefined, act: (connection: Connection) => void) => {
    for (const { connection } of live(shard)) if (connection) act(connection);
  };
  const controls: GatewayControls = {
    connected: () => live().map(({ id, shard, intents }) => ({ sessionId: id, shard, intents })),
    counts,
    cut: (shard) => each(shard, (connection) => connection.terminate()),
    close: (code, shard) => each(shard, (connection) => connection.close(code)),
    reconnect: (shard) => each(shard, (connection) => connection.send({ op: 7, d: null })),
    invalidate: (resumable, shard) => {
      for (const session of live(shard)) {
        counts.invalidated++;
        const { connection } = session;
        if (connection) connection.session = resumable ? undefined : connection.session;
        if (resumable) session.connection = undefined;
        else sessions.delete(session.id);
        connection?.send({ op: INVALID_SESSION, d: resumable });
      }
    },
    refuseResume: (times = 1) => {
      refusals = times;
    },
    stopAcking: () => {
      acking = false;
    },
    startAcking: () => {
      acking = true;
    },
    requestHeartbeat: (shard) => each(shard, (connection) => connection.send({ op: 1, d: null })),
    duplicateNext: (event, times = 1) => deliveries.duplicate(nextTimes(event, times)),
    duplicateEvery: (n, event) => deliveries.duplicate(everyNth(event, n)),
    redeliverOnResume: (n) => {
      redelivered = n;
    },
    swapNext: (event, times = 1) => deliveries.swap(nextTimes(event, times)),
  };
  return {
    controls,
    forget: () => {
      for (const session of sessions.values()) session.log.length = 0;
    },
    close: async () => {
      for (const connection of connections) connection.terminate();
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}
