import { setTimeout as sleep } from 'node:timers/promises';
import { openKnowledge } from '../../../bots/conversation/knowledge/open.ts';
import { openConversation } from '../../../bots/conversation/open.ts';
import { pseudonyms } from '../../../bots/conversation/pseudonym.ts';
import { startSlack } from '../../../bots/slack/start.ts';
import { openConversationState } from '../../../bots/state/sqlite.ts';
import { openTraceLog } from '../../../monitoring/trace-log/sqlite.ts';
import { localInference } from '../../../pipelines/inference/local.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';

/**
 * A bot of its own, to be killed: arguments are the home folder, the Web API's address, the bot's and the app's
 * token, and whether its answers ever end.
 */
const [home = '', apiUrl = '', botToken = '', appToken = '', mood = ''] = process.argv.slice(2);

const stores = openEmbedded(home);
const traces = openTraceLog(stores.database);
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const conversation = openConversation({
  inference: localInference(
    {
      retrieve: async (question) => ({
        featureSet: 'set-1',
        understanding: {
          question: question.text,
          rewritten: question.text,
          filters: [],
          comparison: false,
        },
        passages: [],
        expansion: [],
        timings: {},
        fallbacks: [],
      }),
      model: {
        name: 'scripted',
        async *stream() {
          yield { type: 'text', text: 'The first sentence. ', citations: [] };
          if (mood === 'hangs') await sleep(600_000);
          yield { type: 'text', text: 'The second sentence.', citations: [] };
          yield { type: 'finish', reason: 'stop', support: 1 };
        },
      },
    },
    'rel-test',
  ),
  tracer: traces,
  state: openConversationState(stores.database),
  pseudonym: pseudonyms(Buffer.alloc(32, 7)),
  timing: { burstMs: 10, leaseMs: 300 },
});

await startSlack(
  {
    conversation,
    knowledge: openKnowledge(stores),
    recentFeedback: (limit) => traces.recentFeedback(limit),
    log,
  },
  {
    access: { kind: 'token', botToken },
    events: { kind: 'socket', appToken },
    apiUrl,
    timings: { appendEveryMs: 1, editEveryMs: 1, retryMs: 5, recoverEveryMs: 100 },
  },
);
