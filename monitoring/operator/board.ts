import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { problemPage } from './page/frame.ts';
import { problemOf } from './part.ts';

/** BullMQ's own queues. @throws while Redis cannot be reached */
export type Board = () => readonly Queue[];

const basePath = '/queues';

/** bull-board brings scripts of its own, and writes styles into what it draws. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * bull-board, for looking only: it changes jobs by BullMQ's own steps, which know nothing of what we promise of a queue
 * (one open job for each key, turns of groups, flows). What is to be changed is changed on our page or by
 * `understudy jobs`.
 */
export async function serveBoard(app: FastifyInstance, queues: Board): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(basePath);
  const { setQueues } = createBullBoard({
    queues: [],
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Understudy',
        hideDocsLink: true,
        miscLinks: [{ text: 'Operator’s page', url: '/' }],
      },
    },
  });
  let shown: readonly Queue[] = [];
  await app.register(
    async (within) => {
      within.addHook('onRequest', async (request, reply) => {
        reply.header('content-security-policy', contentSecurityPolicy);
        if (request.method !== 'GET' && request.method !== 'HEAD') {
          await reply
            .code(405)
            .send({ error: 'Change jobs on the operator’s page, or by `understudy jobs`.' });
          return;
        }
        try {
          const present = queues();
          if (present === shown) return;
          setQueues(present.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })));
          shown = present;
        } catch (error) {
          const page = problemPage(problemOf(error), new Date());
          await reply.code(503).type('text/html; charset=utf-8').send(page);
        }
      });
      await within.register(serverAdapter.registerPlugin());
    },
    { prefix: basePath },
  );
}
