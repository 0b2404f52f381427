import type { Fault, SlackServer } from '../../servers/slack/server.ts';

const faults: readonly Fault[] = [
  { kind: 'rate_limited', retryAfterS: 1 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'error', error: 'internal_error' },
  { kind: 'drop', when: 'before' },
  { kind: 'drop', when: 'after' },
  { kind: 'slow', delayMs: 150 },
  { kind: 'slow', delayMs: 600 },
];

/** The calls that answers are made of, and those that they need. */
const methods = [
  'chat.startStream',
  'chat.appendStream',
  'chat.stopStream',
  'chat.postMessage',
  'chat.postEphemeral',
  'chat.update',
  'chat.delete',
  'conversations.replies',
  'conversations.history',
  'assistant.threads.setStatus',
  'users.info',
  'views.open',
];

/** From now on each call fails with this probability, in one of many ways. */
export function beUnreliable(slack: SlackServer, probability: number): void {
  for (const method of methods) slack.faults.randomly(probability, method, faults);
  slack.faults.duplicateRandomly(0.05);
}

const disturbances = ['refresh', 'drop', 'reorder', 'lose acks', 'expire', 'expire', 'time out'];

/** One thing that goes wrong with the connection, or with streams. */
export function disturbSlack(slack: SlackServer, random: () => number, patient: boolean): string {
  const what = disturbances[Math.floor(random() * disturbances.length)] ?? 'drop';
  switch (what) {
    case 'refresh':
      slack.socket.disconnect('refresh_requested');
      break;
    case 'reorder':
      slack.faults.reorderEnvelopes(2 + Math.floor(random() * 3));
      break;
    case 'lose acks':
      slack.faults.loseAcks(2);
      break;
    case 'expire':
      slack.faults.expireStreams({ characters: Math.floor(random() * 30), times: 3 });
      break;
    case 'time out':
      // The client gives up after its own deadline, which takes its time.
      if (patient) slack.faults.next('chat.stopStream', { kind: 'timeout', when: 'after' });
      break;
    default:
      slack.socket.drop();
  }
  return what;
}
