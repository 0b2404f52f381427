import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { localMessage } from '../../conversation/local.ts';
import { replyTo } from '../../conversation/stream.ts';
import { fallbackWords, noticeWords, stoppedWords } from '../../conversation/words.ts';
import { stringsFor } from '../../strings/strings.ts';
import type { PlaygroundPorts } from '../ports.ts';
import { paced } from '../render/paced.ts';
import type { Streams } from '../streams.ts';

const bodySchema = z.strictObject({
  question: z.string().trim().min(1).max(4_000),
  thread: z.uuid(),
  /** The page's id of this question: sent twice, answered once. */
  event: z.uuid(),
});

/** `POST /ask`: the answer's events as they come; now and then a `text` also carries the answer so far as safe HTML. */
export function serveAnswers(
  app: FastifyInstance,
  { conversation }: PlaygroundPorts,
  streams: Streams,
): void {
  app.post('/ask', async (request, reply) => {
    const body = bodySchema.safeParse(request.body);
    if (!body.success) {
      const message = 'A question has 1 to 4,000 characters, in a thread named by a UUID.';
      return reply.code(400).send({ code: 'web.question', message });
    }
    return streams.send('answer', reply, async function* (signal) {
      const locale = request.headers['accept-language']?.split(/[,;]/u)[0];
      const say = stringsFor(locale);
      const message = localMessage('web', { ...body.data, locale });
      for await (const event of paced(replyTo(conversation, message, signal))) {
        if (event.type === 'notice') {
          yield { ...event, words: noticeWords(say, event.notice, '') };
        } else if (event.type === 'stopped') {
          yield { ...event, words: stoppedWords(say, event.reason) };
        } else if (event.type === 'done') {
          yield { ...event, words: fallbackWords(say, event.fallbacks) };
        } else yield event;
      }
    });
  });
}
