import type { Job } from '../../../pipelines/queues/port.ts';
import { moment, standing, when } from '../../jobs/words.ts';
import { type Html, html } from './html.ts';

export function jobList(jobs: readonly Job[], more: number, now: Date): Html {
  if (jobs.length === 0) return html`<p class="none">Nothing.</p>`;
  return html`<ul class="jobs">${jobs.map((job) => row(job, now))}</ul>
${more > 0 ? html`<p>… and ${more.toLocaleString('en-GB')} more.</p>` : null}`;
}

/** All about one job: what it carries, how it went, and why it failed. */
export function jobPage(job: Job, now: Date): Html {
  const at = (iso: string | null) =>
    iso === null ? null : html`<time datetime="${iso}">${moment(iso)}</time> (${when(iso, now)})`;
  const rows: readonly (readonly [string, Html | string | null])[] = [
    ['Id', html`<code>${job.id}</code>`],
    ['Queue', job.queue],
    ['Group', job.group],
    ['State', standing(job, now)],
    ['Reason', job.reason],
    ['Enqueued', at(job.createdAt)],
    ['Due', at(job.runAt)],
    ['Started', at(job.startedAt)],
    ['Ended', at(job.finishedAt)],
    ['Payload', html`<pre>${JSON.stringify(job.payload, null, 2)}</pre>`],
  ];
  return html`<section><h2>${job.key}</h2><dl>${rows.map(([name, value]) =>
    value === null ? html`` : html`<dt>${name}</dt><dd>${value}</dd>`,
  )}</dl><p class="actions">${actionsOf(job)}</p></section>`;
}

function row(job: Job, now: Date): Html {
  const failing = job.state === 'dead' || (job.state === 'waiting' && job.reason !== null);
  return html`<li class="${failing ? 'failing' : job.state}"><div>
<p><span class="tag">${job.queue}</span> <a class="key" href="/jobs/${encodeURIComponent(job.id)}">${job.key}</a></p>
<p><small>${standing(job, now)}</small></p>
${job.reason !== null && job.state !== 'done' ? html`<p class="reason">${job.reason}</p>` : null}</div>
<div class="actions">${actionsOf(job)}</div></li>`;
}

function actionsOf({ id, state, key }: Job): Html {
  const at = `/jobs/${encodeURIComponent(id)}`;
  switch (state) {
    case 'dead':
    case 'cancelled':
      return button(`${at}/retry`, 'Retry', key);
    case 'waiting':
    case 'running':
      return button(`${at}/cancel`, 'Cancel', key);
    case 'done':
      return html``;
    default:
      return state satisfies never;
  }
}

/** One thing to do; `about` tells buttons of one name apart for those who cannot see where they stand. */
export function button(action: string, label: string, about: string): Html {
  return html`<form method="post" action="${action}"><button aria-label="${label}: ${about}">${label}</button></form>`;
}
