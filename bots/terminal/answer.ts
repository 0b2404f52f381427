import { type AnswerSource, type Fallback, markedText } from '../../pipelines/inference/ask.ts';
import type { ReplyEvent } from '../conversation/channel.ts';
import { fallbackWords, noticeWords, stoppedWords } from '../conversation/words.ts';
import { type Say, stringsFor } from '../strings/strings.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import { duration, type Output } from './output.ts';

/** Prints an answer as it comes; in JSON mode every event as a line of its own. */
export async function printAnswer(
  events: AsyncIterable<ReplyEvent>,
  output: Output,
): Promise<ExitCode> {
  const say = stringsFor(process.env['LANG']);
  let sources: readonly AnswerSource[] = [];
  for await (const event of events) {
    output.data(event);
    switch (event.type) {
      case 'status':
        break;
      case 'sources':
        sources = event.sources;
        break;
      case 'text':
        output.write(markedText(event.text, event.citations));
        break;
      case 'done':
        output.line();
        printSources(
          event.outcome === 'answered'
            ? sources.filter((source) => event.cited.includes(source.number))
            : sources.slice(0, 3),
          output,
        );
        noteFallbacks(say, event.fallbacks, output);
        output.line(output.style.dim(timingLine(event.timings)));
        return exitCodes.done;
      case 'error':
        output.note(`${event.error.message}${event.error.hint ? `\n${event.error.hint}` : ''}`);
        return exitCodes.outside;
      case 'stopped':
        output.note(stoppedWords(say, event.reason) ?? '');
        return exitCodes.outside;
      case 'notice':
        output.note(noticeWords(say, event.notice, 'understudy ask "…"'));
        return exitCodes.no;
      default:
        return event satisfies never;
    }
  }
  // Nothing at all comes of a question that was asked before under the same id.
  return exitCodes.outside;
}

function noteFallbacks(say: Say, fallbacks: readonly Fallback[], output: Output): void {
  const words = fallbackWords(say, fallbacks);
  if (words !== null) output.line(`\n${output.style.accent(words)}`);
}

export function printSources(sources: readonly AnswerSource[], output: Output): void {
  if (sources.length === 0) return;
  output.line();
  for (const source of sources) {
    const about = [source.author, source.source, source.publishedAt?.slice(0, 10)].filter(Boolean);
    const heading = source.headingPath.at(-1);
    const title =
      heading && heading !== source.title ? `${source.title} › ${heading}` : source.title;
    output.line(`${output.style.accent(`[${source.number}]`)} ${output.style.bold(title)}`);
    output.line(output.style.dim(`    ${about.join(' · ')}`));
    output.line(output.style.dim(`    ${source.link}`));
  }
}

function timingLine(timings: Readonly<Record<string, number>>): string {
  const steps = Object.entries(timings).filter(([name]) => name !== 'total');
  const total = timings['total'] ?? steps.reduce((sum, [, ms]) => sum + ms, 0);
  return `${duration(total)}: ${steps.map(([name, ms]) => `${name} ${duration(ms)}`).join(', ')}`;
}
