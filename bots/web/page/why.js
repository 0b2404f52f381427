import { element } from './dom.js';

const columns = [
  ['lexical', 'words'],
  ['dense', 'meaning'],
  ['rescored', 're-scored'],
  ['boost', 'boost'],
  ['final', 'final'],
];

/**
 * Why these passages: what was understood, what was searched for, and each passage's score by stage.
 *
 * @param {any} shown the `sources` event
 * @param {any} done the `done` event
 */
export function why(shown, done) {
  const body = element('div', { class: 'why-body' }, facts(shown, done));
  if (shown.sources.length > 0) body.append(scores(shown.sources, done.cited));
  return element('details', { class: 'why' }, element('summary', {}, 'Why these passages'), body);
}

/** @param {any} shown @param {any} done */
function facts(
  { understanding, expansion, featureSet },
  { timings, support, generation, reading },
) {
  const list = element('dl');
  const add = (/** @type {string} */ term, /** @type {string} */ text) =>
    list.append(element('dt', {}, term), element('dd', {}, text));
  if (understanding.rewritten !== understanding.question) {
    add('Understood as', understanding.rewritten);
  }
  for (const { field, value, words, confidence } of understanding.filters) {
    add(field, `${value}, from “${words}” (${Math.round(confidence * 100)} % sure)`);
  }
  if (understanding.filters.length === 0) add('Conditions', 'none understood');
  if (understanding.comparison) add('Comparison', 'each side was searched in turn');
  if (expansion.length > 0) {
    add('Also searched', expansion.map((/** @type {any} */ { term }) => term).join(', '));
  }
  const { queries = [] } = understanding;
  if (queries.length > 0) add('Also asked as', queries.join(' · '));
  if (reading !== undefined) add('Read by the model', tokens(reading));
  if (support !== null) add('Support', `${support.toFixed(2)} of 1`);
  if (generation !== null) for (const [term, text] of writing(generation)) add(term, text);
  add('Time', timing(timings));
  add('Index', featureSet);
  return list;
}

/** @param {any} generation @returns {[string, string][]} */
function writing({ model, usage, timings, packed }) {
  const queue =
    timings.queueMs === null ? '' : ` after ${milliseconds(timings.queueMs)} in its queue`;
  return [
    ['Written by', usage === null ? model : `${model}, ${tokens(usage)}`],
    ['First word', `${milliseconds(timings.firstTextMs)}${queue}`],
    ['Passages read', packed.join(', ')],
  ];
}

/** @param {{ promptTokens: number, completionTokens: number, costUsd: number | null }} usage */
function tokens({ promptTokens, completionTokens, costUsd }) {
  const cost = costUsd === null ? '' : `, $${costUsd.toPrecision(2)}`;
  return `${promptTokens} + ${completionTokens} tokens${cost}`;
}

/** @param {Record<string, number>} timings milliseconds by stage */
function timing({ total, ...stages }) {
  const parts = Object.entries(stages).map(([name, ms]) => `${name} ${milliseconds(ms)}`);
  return `${milliseconds(total ?? 0)} in all: ${parts.join(', ')}`;
}

/** @param {number} ms */
function milliseconds(ms) {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** @param {any[]} sources @param {number[]} cited */
function scores(sources, cited) {
  const used = columns.filter(([key = '']) => sources.some(({ scores: row }) => row[key] !== null));
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, '#'),
    element('th', { scope: 'col' }, 'passage'),
  );
  for (const [, name = ''] of used) head.append(element('th', { scope: 'col' }, name));
  const rows = sources.map((source) => {
    const row = element('tr', {}, element('td', {}, String(source.number)));
    const title = [source.title, source.headingPath.at(-1)].filter(
      (part, index, all) => part && all.indexOf(part) === index,
    );
    row.append(
      element(
        'th',
        { scope: 'row' },
        `${title.join(' › ')}${cited.includes(source.number) ? ' (quoted)' : ''}`,
      ),
    );
    for (const [key = ''] of used) {
      const score = source.scores[key];
      row.append(element('td', {}, score === null ? '–' : score.toFixed(3)));
    }
    return row;
  });
  const table = element(
    'table',
    {},
    element('caption', { class: 'hidden' }, 'Scores by stage; higher is better'),
  );
  table.append(element('thead', {}, head), element('tbody', {}, ...rows));
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Scores by stage' },
    table,
  );
}
