import { byId, counted, element } from './dom.js';
import { events } from './stream.js';

/** Follows the index as it changes, for as long as the page is open. @param {(question: string) => void} ask */
export async function followIndex(ask) {
  while (true) {
    try {
      for await (const status of events(await fetch('/status'))) show(status, ask);
    } catch {
      // The server went away; below says so, and the loop looks again.
    }
    byId('index').dataset.state = 'away';
    byId('index-text').textContent = 'Understudy is not running';
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
}

/** @param {any} status @param {(question: string) => void} ask */
function show(status, ask) {
  const { documents, indexed, building, collectedAt, authors, suggestions } = status;
  const waiting = documents - (indexed?.documents ?? 0);
  const busy = building !== null || waiting > 0;
  byId('index').dataset.state = busy ? 'busy' : 'ready';
  const parts = [
    counted(indexed?.documents ?? 0, 'document'),
    counted(indexed?.chunks ?? 0, 'passage'),
  ];
  if (busy)
    parts.push(
      building === null ? `${waiting} to index` : `building, ${building.documents} of ${documents}`,
    );
  byId('index-text').textContent = parts.join(' · ');
  byId('index').title = [
    indexed && `Index ${indexed.set}`,
    collectedAt && `collected ${new Date(collectedAt).toLocaleString()}`,
  ]
    .filter(Boolean)
    .join(', ');

  const empty = (indexed?.chunks ?? 0) === 0;
  byId('empty').hidden = !empty;
  byId('suggestions').hidden = empty || suggestions.length === 0;
  if (!empty) {
    byId('opening-title').textContent =
      authors.length === 1 ? `Ask ${authors[0]}.` : 'Ask the authors.';
    byId('lede').textContent = lede(authors);
  }
  // Redrawn only when they change: a reader may have one in focus.
  const list = byId('suggestion-list');
  if (list.dataset.shown === suggestions.join('\n')) return;
  list.dataset.shown = suggestions.join('\n');
  list.replaceChildren(
    ...suggestions.map((/** @type {string} */ question) =>
      element(
        'li',
        {},
        element('button', { type: 'button', onclick: () => ask(question) }, question),
      ),
    ),
  );
}

/** @param {string[]} authors */
function lede(authors) {
  const names =
    authors.length > 1 && authors.length <= 4
      ? `${new Intl.ListFormat('en').format(authors)} wrote this. `
      : '';
  return `${names}Every answer is quoted from the writing itself, and each line says where it stands.`;
}
