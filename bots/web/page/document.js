import { byId, day, element } from './dom.js';
import { nodesOf } from './html.js';

const panel = /** @type {HTMLDialogElement} */ (byId('document'));
const title = byId('document-title');
const about = byId('document-about');
const origin = byId('document-origin');
const text = byId('document-text');
// What scrolls must be reachable by keyboard.
text.tabIndex = 0;

/** @type {HTMLElement | null} */
let opener = null;

byId('document-close').addEventListener('click', () => panel.close());
panel.addEventListener('click', (event) => {
  // A click on the backdrop is a click on the dialog itself, outside its box.
  if (event.target === panel && event.clientX < panel.getBoundingClientRect().left) panel.close();
});
panel.addEventListener('close', () => {
  text.replaceChildren();
  // Not when the reader has gone on to the question meanwhile.
  if (document.activeElement === document.body) opener?.focus();
  opener = null;
});

/**
 * Opens the document that a source stands in, with its passage marked and in view.
 *
 * @param {any} source
 * @param {HTMLElement} from what was pressed; focus returns there
 */
export async function openDocument(source, from) {
  opener = from;
  title.textContent = source.title;
  about.textContent = `Source ${source.number}`;
  origin.replaceChildren();
  text.replaceChildren(element('p', {}, 'Opening…'));
  if (!panel.open) panel.showModal();
  title.focus();
  const response = await fetch(
    `/documents/${source.documentId}?start=${source.start}&end=${source.end}`,
  ).catch(() => null);
  if (response === null || !response.ok) {
    const message =
      response === null ? 'Understudy does not answer any more.' : (await response.json()).message;
    text.replaceChildren(element('p', {}, message));
    return;
  }
  show(await response.json());
}

/** @param {any} found */
function show(found) {
  title.textContent = found.title;
  if (found.language !== null) text.setAttribute('lang', found.language);
  else text.removeAttribute('lang');
  const facts = [found.author, found.source, day(found.publishedAt)].filter(Boolean).join(' · ');
  origin.append(facts);
  if (found.link !== null) {
    origin.append(
      ' · ',
      element('a', { href: found.link, target: '_blank', rel: 'noopener noreferrer' }, 'original'),
    );
  }
  if (found.shortened) origin.append(' · only the surroundings of the passage are shown');
  text.replaceChildren(...nodesOf(found.html));
  const passage = text.querySelector('.cited');
  passage?.scrollIntoView({ block: 'center' });
}
