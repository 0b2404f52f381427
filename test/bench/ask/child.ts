import { localMessage } from '../../../bots/conversation/local.ts';
import { replyTo } from '../../../bots/conversation/stream.ts';
import { openHouse } from '../../../bots/terminal/house.ts';
import { readEnvironment } from '../../../pipelines/environment.ts';
import { madeQuestions } from './corpus.ts';

/**
 * Answers made questions in a process of its own, so that memory is that of a process which answers and not of
 * one that has just built an index. Prints one JSON object: milliseconds per question and stage, and RSS.
 */
const warmUp = 20;
const house = await openHouse(readEnvironment(process.env));
const questions = madeQuestions(warmUp + Number(process.argv[2] ?? 200));
const totals: number[] = [];
const stages: Record<string, number[]> = {};
let answered = 0;

for (const [index, question] of questions.entries()) {
  const startedAt = performance.now();
  const asked = { question, thread: `bench-${index}`, event: `bench-${index}` };
  for await (const event of replyTo(house.conversation, localMessage('terminal', asked))) {
    if (event.type === 'error') throw new Error(event.error.message);
    if (event.type !== 'done' || index < warmUp) continue;
    if (event.outcome === 'answered') answered += 1;
    for (const [stage, ms] of Object.entries(event.timings)) {
      stages[stage] ??= [];
      stages[stage].push(ms);
    }
  }
  if (index >= warmUp) totals.push(performance.now() - startedAt);
}
const rss = process.memoryUsage.rss();
await house.close();
process.stdout.write(JSON.stringify({ totals, stages, answered, rss }));
