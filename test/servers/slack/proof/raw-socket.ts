import { WebSocket } from 'ws';
import { plainClient } from '../bolt.ts';
import type { SlackServer } from '../server.ts';

/** A client of the protocol that says what it is told to. */
export async function openRaw(slack: SlackServer): Promise<{
  readonly socket: WebSocket;
  readonly received: Record<string, unknown>[];
}> {
  const { url = '' } = await plainClient(slack, slack.appToken).apps.connections.open();
  const socket = new WebSocket(url);
  const received: Record<string, unknown>[] = [];
  socket.on('message', (data) => received.push(JSON.parse(String(data))));
  await slack.until(() => received.some(({ type }) => type === 'hello'));
  return { socket, received };
}
