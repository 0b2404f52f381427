import type { JobState, QueueName } from '../../../pipelines/queues/port.ts';
import type { QueueLine } from '../../jobs/look.ts';
import { span, when } from '../../jobs/words.ts';
import type { Overview, Schedules } from '../look.ts';
import { type Html, html } from './html.ts';
import { button, jobList } from './jobs.ts';
import { partOf } from './part.ts';

/** What ought to be looked at first stands first, where a narrow screen shows it. */
const columns = ['dead', 'waiting', 'running', 'done', 'cancelled'] as const;

/** All there is to see at once: what is reachable, what is behind, what stands in line, and what went wrong. */
export function overviewPage(overview: Overview, now: Date): Html {
  const { queues, jobs, schedules, filter, said } = overview;
  // Said once: without its queues there is nothing in them to show.
  const known = 'value' in queues;
  return html`
${said === null ? null : html`<p class="said" role="status">${said}</p>`}
<section><h2>Stores</h2>${storesOf(overview, now)}</section>
<section><h2>Queues</h2>${partOf(queues, queueTable)}</section>
${
  known
    ? html`<section id="jobs"><h2>${jobsTitle(filter)}</h2>
${filter.queue || filter.state ? html`<p><a href="/#jobs">What runs and what went wrong</a></p>` : null}
${partOf(jobs, ({ shown, more }) => jobList(shown, more, now))}</section>
<section><h2>Schedules</h2>${partOf(schedules, (all) => scheduleTable(all, now))}</section>`
    : null
}`;
}

function scheduleTable(all: Schedules, now: Date): Html {
  if (all.length === 0) {
    return html`<p class="none">No job recurs: the processes that work the queues schedule them.</p>`;
  }
  return html`<div class="wide"><table>
<thead><tr><th>Queue</th><th>Key</th><th>Every</th><th>Next</th></tr></thead>
<tbody>${all.map(
    ({ queue, key, everyMs, nextAt }) =>
      html`<tr><td>${queue}</td><td class="key">${key}</td><td>${span(everyMs)}</td><td>${when(nextAt, now)}</td></tr>`,
  )}</tbody></table></div>`;
}

function storesOf({ stores, behind }: Overview, now: Date): Html {
  const { documents, countedAt, problem } = behind;
  const counted = countedAt === null ? 'not counted yet' : `counted ${when(countedAt, now)}`;
  const number =
    documents === null
      ? 'Documents behind: unknown'
      : `Documents behind: ${inThousands(documents)}`;
  return html`<ul class="stores">
${stores.map(
  ({ name, part }) =>
    html`<li>${
      'problem' in part
        ? html`<span class="bad">✗ ${name}</span> ${partOf(part, () => html``)}`
        : html`<span class="good">✓ ${name}</span> ${part.value}`
    }</li>`,
)}
<li>${number} <small>${problem === null ? counted : `${counted}; then ${problem.message}`}</small></li></ul>`;
}

function queueTable(lines: readonly QueueLine[]): Html {
  return html`<div class="wide"><table>
<thead><tr><th>Queue</th>${columns.map((state) => html`<th class="number">${state}</th>`)}<th>Oldest due for</th><th></th></tr></thead>
<tbody>${lines.map(queueRow)}</tbody></table></div>`;
}

function queueRow({ name, counts, paused, oldestDueMs }: QueueLine): Html {
  const cell = (state: JobState) => {
    const count = counts[state];
    const kind = state === 'dead' && count > 0 ? 'number bad' : 'number';
    if (count === 0) return html`<td class="number zero">0</td>`;
    return html`<td class="${kind}"><a href="/?queue=${name}&amp;state=${state}#jobs">${inThousands(count)}</a></td>`;
  };
  const turn = paused ? 'resume' : 'pause';
  return html`<tr><th scope="row">${name}${paused ? html` <span class="tag">paused</span>` : null}</th>
${columns.map(cell)}<td>${oldestDueMs === null ? '' : span(oldestDueMs)}</td>
<td class="actions">${button(`/queue/${name}/${turn}`, paused ? 'Resume' : 'Pause', name)}
${counts.dead > 0 ? button(`/queue/${name}/retry`, 'Retry the dead', name) : null}</td></tr>`;
}

function jobsTitle({ queue, state }: { readonly queue?: QueueName; readonly state?: JobState }) {
  if (queue === undefined && state === undefined) return 'What runs and what went wrong';
  return `Jobs${queue ? ` of ${queue}` : ''}${state ? `, ${state}` : ''}`;
}

const inThousands = (count: number): string => count.toLocaleString('en-GB');
