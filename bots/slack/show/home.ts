import type { types } from '@slack/bolt';
import type { RecentFeedback } from '../../../monitoring/tracer.ts';
import type { Overview } from '../../conversation/knowledge.ts';
import type { Say } from '../../strings/strings.ts';
import { actions } from '../names.ts';
import { clipped, literalMrkdwn, mrkdwn, plain } from './mrkdwn.ts';

export type HomeContents = {
  /** Null where this person may not ask at all. */
  readonly overview: Overview | null;
  readonly sources: readonly string[];
  readonly help: readonly string[];
  readonly suggestions: readonly string[];
  readonly feedback: readonly RecentFeedback[];
  /** What others asked and said is for those who run the workspace; everybody sees how it goes. */
  readonly admin: boolean;
};

const mostQuestion = 140;
const mostListed = 8;
const mostText = 3_000;

const section = (lines: readonly string[]): types.SectionBlock => ({
  type: 'section',
  text: mrkdwn(clipped(lines.join('\n'), mostText)),
});
const header = (text: string): types.HeaderBlock => ({
  type: 'header',
  text: plain(clipped(text, 150)),
});

/** What the twin knows, how fresh it is, how to ask, and how its answers were found. */
export function homeView(
  { overview, sources, help, suggestions, feedback, admin }: HomeContents,
  nowMs: number,
  say: Say,
): types.HomeView {
  if (overview === null) {
    return { type: 'home', blocks: [section([say('access.workspace')])] };
  }
  const blocks: types.KnownBlock[] = [
    header(say('home.title')),
    section(knownLines(overview, nowMs, say)),
  ];
  if (sources.length > 0) blocks.push(section(sources));
  blocks.push({ type: 'divider' }, header(say('home.how')), section(help));
  if (suggestions.length > 0) {
    blocks.push(
      section([
        `*${say('welcome.prompts')}*`,
        ...suggestions.map((one) => `• ${literalMrkdwn(clipped(one, mostQuestion))}`),
      ]),
    );
  }
  blocks.push(
    { type: 'divider' },
    header(say('home.feedback')),
    section(feedbackLines(feedback, admin, nowMs, say)),
    { type: 'divider' },
    {
      type: 'actions',
      elements: [
        {
          type: 'conversations_select',
          action_id: actions.homeChannel,
          placeholder: plain(say('settings.title')),
          filter: { include: ['public', 'private'], exclude_bot_users: true },
        },
      ],
    },
  );
  return { type: 'home', blocks };
}

function knownLines(overview: Overview, nowMs: number, say: Say): readonly string[] {
  if (overview.documents === 0) return [say('home.empty')];
  const { documents, passages, authors, earliest, latest, collectedAt } = overview;
  const names = authors.slice(0, 10).map((name) => literalMrkdwn(clipped(name, 80)));
  const lines = [say('home.counts', { documents, passages })];
  if (names.length > 0) lines.push(`*${say('home.authors')}*: ${say.list(names)}`);
  if (earliest !== null && latest !== null) {
    lines.push(`${say.date(earliest)} – ${say.date(latest)}`);
  }
  if (collectedAt !== null) {
    lines.push(say('home.fresh', { ago: say.ago(Date.parse(collectedAt), nowMs) }));
  }
  return lines;
}

function feedbackLines(
  feedback: readonly RecentFeedback[],
  admin: boolean,
  nowMs: number,
  say: Say,
): readonly string[] {
  if (feedback.length === 0) return [say('home.noFeedback')];
  const up = feedback.filter(({ value }) => value === 'up').length;
  const lines = [`:thumbsup: ${say.number(up)}   :thumbsdown: ${say.number(feedback.length - up)}`];
  if (!admin) return lines;
  for (const { value, question, reason, at } of feedback.slice(0, mostListed)) {
    const thumb = value === 'up' ? ':thumbsup:' : ':thumbsdown:';
    const words = literalMrkdwn(clipped(question, mostQuestion));
    const why = reason === null ? '' : ` – _${literalMrkdwn(clipped(reason, mostQuestion))}_`;
    lines.push(`${thumb} ${words}${why} · ${say.ago(Date.parse(at), nowMs)}`);
  }
  return lines;
}
