import { moment } from '../../jobs/words.ts';
import type { Problem } from '../part.ts';
import { type Html, html } from './html.ts';
import { partOf } from './part.ts';

export type Frame = {
  readonly title: string;
  readonly now: Date;
  /** Where the page of bull-board is; null where there is none. */
  readonly board: string | null;
};

export function frame({ title, now, board }: Frame, content: Html): string {
  const { html: document } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Understudy</title>
<link rel="stylesheet" href="/operator.css">
</head>
<body>
<header>
<a class="name" href="/">Understudy</a> <span>the operator’s page</span>
<nav>
${board === null ? null : html`<a href="${board}">Queues in bull-board</a>`}
<a href="/metrics">Metrics</a>
<a href="/health/ready">Health</a>
</nav>
<time datetime="${now.toISOString()}">${moment(now.toISOString())}</time>
</header>
<main>
${content}
</main>
</body>
</html>
`;
  return document;
}

/** Nothing but what is wrong. */
export const problemPage = (problem: Problem, now: Date): string =>
  frame(
    { title: 'Failed', now, board: null },
    partOf({ problem }, () => html``),
  );
