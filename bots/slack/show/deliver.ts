import type { AnswerSource } from '../../../pipelines/inference/ask.ts';
import type { ReplyEvent } from '../../conversation/channel.ts';
import type { Message } from '../../conversation/message.ts';
import type { Say } from '../../strings/strings.ts';
import { openScreen, type Screen } from '../stream/screen.ts';
import type { Surface, Task } from '../stream/surface.ts';
import { httpAddress, openAnswerText } from './answer-text.ts';
import type { Closing } from './closing.ts';
import { clipped } from './mrkdwn.ts';
import { closingFor, type End } from './outcome.ts';

export type Showing = {
  readonly surface: Surface<Closing>;
  readonly screen: Parameters<typeof openScreen>[1];
  readonly say: Say;
  readonly threaded: boolean;
  readonly task: Message['task'];
  /** Stages and sources as tasks in the stream. */
  readonly tasks: boolean;
};

/** Shows an answer's events to their end. `first` was read already. */
export async function showAnswer(
  first: ReplyEvent | undefined,
  rest: AsyncIterator<ReplyEvent>,
  { surface, screen: options, say, threaded, task, tasks }: Showing,
): Promise<void> {
  const screen = openScreen(surface, options);
  const text = openAnswerText();
  const stages = tasks ? openTasks(screen, say) : undefined;
  let sources: readonly AnswerSource[] = [];
  let end: End | undefined;
  for (let event = first; event !== undefined; event = await next(rest)) {
    switch (event.type) {
      case 'status':
        if (stages) stages.stage(event.stage);
        else screen.status(say(`status.${event.stage}`));
        break;
      case 'sources':
        sources = event.sources;
        text.sources(sources);
        stages?.found(sources);
        break;
      case 'text':
        text.add(event);
        screen.show(text.settled);
        break;
      case 'done':
      case 'error':
      case 'stopped':
        stages?.end(event.type !== 'error');
        end = event;
        break;
      case 'notice':
        break;
    }
  }
  if (end === undefined) throw new Error('An answer ended without saying how.');
  if (end.type === 'stopped' && end.reason === 'restarted') return screen.abandon();
  if (end.type === 'stopped' && end.reason === 'deleted') return screen.clear();
  const whole = text.whole();
  const closing = closingFor(end, { sources, said: whole !== '', threaded, task, say });
  await screen.close(whole, closing);
}

async function next(events: AsyncIterator<ReplyEvent>): Promise<ReplyEvent | undefined> {
  const result = await events.next();
  return result.done === true ? undefined : result.value;
}

type Stage = Extract<ReplyEvent, { readonly type: 'status' }>['stage'];

const mostTitle = 100;

/** The stages of an answer as tasks: each is in progress until the next one begins. */
function openTasks(screen: Screen<Closing>, say: Say) {
  let current: Stage | undefined;
  let found: Pick<Task, 'output' | 'sources'> = {};
  const tell = (stage: Stage, status: Task['status'], more: Partial<Task> = {}) =>
    screen.task({ id: stage, title: say(`task.${stage}`), status, ...more });
  const finish = (status: Task['status']) => {
    if (current !== undefined) tell(current, status, current === 'retrieving' ? found : {});
    current = undefined;
  };
  return {
    stage(next: Stage) {
      if (next === current) return;
      finish('complete');
      current = next;
      tell(next, 'in_progress');
    },
    found(sources: readonly AnswerSource[]) {
      found = {
        output: say('task.found', { count: sources.length }),
        sources: sources.flatMap(({ link, title }) => {
          const url = httpAddress(link);
          const words = clipped(title, mostTitle).trim();
          return url === null || words === '' ? [] : [{ type: 'url', url, text: words }];
        }),
      };
    },
    end: (well: boolean) => finish(well ? 'complete' : 'error'),
  };
}
