import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { jobStates, queueNames } from '../../pipelines/queues/port.ts';
import { lookAtAll } from './look.ts';
import { frame } from './page/frame.ts';
import { html } from './page/html.ts';
import { jobPage } from './page/jobs.ts';
import { overviewPage } from './page/overview.ts';
import { partOf } from './page/part.ts';
import { part } from './part.ts';
import type { OperatorPorts } from './ports.ts';

/** What is said after something was asked for. The address carries only the name of it. */
const words = {
  'no-retry':
    'That job was not put back in line: it is open or done, or another of its key is open.',
  retried: 'Back in line, with all its tries.',
  'retried-all': 'All dead jobs of that queue are back in line.',
  cancelled: 'Cancelled. One that runs was told to stop.',
  'no-cancel': 'That job had ended already.',
  paused: 'Paused: what runs goes on, nothing new starts.',
  resumed: 'Resumed.',
} as const;
type Word = keyof typeof words;

const filterSchema = z.object({
  queue: z.enum(queueNames).optional().catch(undefined),
  state: z.enum(jobStates).optional().catch(undefined),
  said: z
    .enum(Object.keys(words) as [Word, ...Word[]])
    .optional()
    .catch(undefined),
});
const jobSchema = z.object({ id: z.string().min(1).max(200) });
const queueSchema = z.object({ queue: z.enum(queueNames) });

/** The page, one page for each job, and what can be done from them. */
export function servePage(
  app: FastifyInstance,
  ports: OperatorPorts,
  { board }: { readonly board: string | null },
): void {
  const send = (reply: FastifyReply, page: string, status = 200) =>
    reply.code(status).type('text/html; charset=utf-8').send(page);
  const back = (reply: FastifyReply, said: Word) => reply.redirect(`/?said=${said}`, 303);

  app.get('/', async (request, reply) => {
    const { said, queue, state } = filterSchema.parse(request.query);
    const filter = { ...(queue && { queue }), ...(state && { state }) };
    const seen = await lookAtAll(ports, filter);
    const overview = { ...seen, said: said === undefined ? null : words[said] };
    const now = new Date();
    return send(reply, frame({ title: 'Queues', now, board }, overviewPage(overview, now)));
  });
  app.get('/jobs/:id', async (request, reply) => {
    const { id } = jobSchema.parse(request.params);
    const found = await part(() => ports.queues().job(id));
    const now = new Date();
    const page = partOf(found, (job) =>
      job === undefined ? html`<p>There is no job ${id} any more.</p>` : jobPage(job, now),
    );
    const status = 'problem' in found ? 503 : found.value === undefined ? 404 : 200;
    return send(reply, frame({ title: 'Job', now, board }, page), status);
  });

  app.post('/jobs/:id/retry', async (request, reply) => {
    const { id } = jobSchema.parse(request.params);
    return back(reply, (await ports.queues().retry(id)) ? 'retried' : 'no-retry');
  });
  app.post('/jobs/:id/cancel', async (request, reply) => {
    const { id } = jobSchema.parse(request.params);
    return back(reply, (await ports.queues().cancel(id)) ? 'cancelled' : 'no-cancel');
  });
  app.post('/queue/:queue/retry', async (request, reply) => {
    await ports.queues().retryAll(queueSchema.parse(request.params).queue);
    return back(reply, 'retried-all');
  });
  app.post('/queue/:queue/pause', async (request, reply) => {
    await ports.queues().pause(queueSchema.parse(request.params).queue);
    return back(reply, 'paused');
  });
  app.post('/queue/:queue/resume', async (request, reply) => {
    await ports.queues().resume(queueSchema.parse(request.params).queue);
    return back(reply, 'resumed');
  });
}
