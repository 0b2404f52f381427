import { openDocument } from './document.js';
import { announce, byId, counted, day, element } from './dom.js';
import { feedbackTools } from './feedback.js';
import { nodesOf, update } from './html.js';
import { why } from './why.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

const stages = {
  understanding: 'Reading the question',
  retrieving: 'Turning the pages',
  answering: 'Picking the lines',
};

/**
 * One question on the page, and what becomes of it.
 *
 * @param {string} question
 * @param {(question: string) => void} askAgain
 */
export function openExchange(question, askAgain) {
  const stage = element('p', { class: 'stage' }, stages.understanding);
  const body = element('div', { class: 'answer' });
  const article = element('article', { class: 'exchange', 'aria-busy': 'true' });
  article.append(element('h2', {}, question), stage, body);
  byId('thread').append(article);
  article.scrollIntoView({ block: 'start', behavior: calm.matches ? 'auto' : 'smooth' });
  announce('Looking for an answer.');

  /** @type {any} */
  let shown = null;
  body.addEventListener('click', (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest('[data-cite]');
    if (link === null || shown === null) return;
    event.preventDefault();
    const source = shown.sources[Number(link.getAttribute('data-cite')) - 1];
    if (source !== undefined) openDocument(source, /** @type {HTMLElement} */ (link));
  });

  const end = () => {
    stage.remove();
    article.removeAttribute('aria-busy');
  };

  return {
    /** @param {any} event one of the answer's events */
    show(event) {
      switch (event.type) {
        case 'status':
          stage.textContent = stages[/** @type {keyof typeof stages} */ (event.stage)];
          break;
        case 'sources':
          shown = event;
          break;
        case 'text':
          if (event.html === undefined) break;
          stage.remove();
          update(body, nodesOf(event.html));
          nameCitations(body, shown.sources);
          break;
        case 'done':
          end();
          article.dataset.outcome = event.outcome;
          article.append(
            ...[
              event.words === null ? null : element('p', { class: 'fallback' }, event.words),
              sourcesPanel(shown.sources, event),
              feedbackTools(event.trace),
              why(shown, event),
            ].filter((part) => part !== null),
          );
          announce(
            `${event.outcome === 'answered' ? 'Answer' : 'No answer'}: ${[...body.children].map((part) => part.textContent).join(' ')}`,
          );
          break;
        case 'error':
          end();
          article.append(failure(event.error, () => askAgain(question)));
          announce(event.error.message);
          break;
        case 'stopped':
        case 'notice':
          end();
          article.append(element('p', { class: 'stage' }, event.words));
          announce(event.words);
          break;
      }
    },
    /** Stopped by the reader. */
    stopped() {
      end();
      article.append(
        element('p', { class: 'stage' }, body.textContent === '' ? 'Stopped' : 'Stopped here'),
      );
      announce('Stopped.');
    },
    /** @param {string} message */
    broken(message) {
      end();
      const error = {
        message,
        hint: 'Is Understudy still running in the terminal?',
        retryable: true,
      };
      article.append(failure(error, () => askAgain(question)));
      announce(message);
    },
  };
}

/** A bare number says little aloud. @param {HTMLElement} body @param {any[]} sources */
function nameCitations(body, sources) {
  for (const link of body.querySelectorAll('[data-cite]')) {
    const number = link.getAttribute('data-cite');
    const source = sources[Number(number) - 1];
    link.setAttribute('role', 'button');
    link.setAttribute('aria-label', `Source ${number}: ${source?.title ?? ''}`);
    link.setAttribute('title', source?.title ?? '');
  }
}

/** @param {any[]} sources @param {any} done */
function sourcesPanel(sources, done) {
  if (sources.length === 0) return null;
  const cited = sources.filter((source) => done.cited.includes(source.number));
  const others = sources.filter((source) => !done.cited.includes(source.number));
  const heading = done.outcome === 'answered' ? 'Sources' : 'Closest passages';
  const panel = element('section', { class: 'sources', 'aria-label': heading });
  panel.append(element('h3', { class: 'label' }, heading), list(cited, true));
  if (others.length > 0) {
    panel.append(
      element(
        'details',
        {},
        element('summary', {}, `${counted(others.length, 'passage')} read, not quoted`),
        list(others, false),
      ),
    );
  }
  return panel;
}

/** @param {any[]} sources @param {boolean} cited */
function list(sources, cited) {
  return element('ol', {}, ...sources.map((source) => item(source, cited)));
}

/** @param {any} source @param {boolean} cited */
function item(source, cited) {
  const heading = source.headingPath.at(-1);
  const about = [source.author, heading !== source.title ? heading : null, day(source.publishedAt)];
  const button = element(
    'button',
    { type: 'button', onclick: () => openDocument(source, button) },
    element('span', { class: 'number' }, String(source.number)),
    element(
      'span',
      {},
      element('span', { class: 'title' }, source.title),
      element('span', { class: 'about' }, about.filter(Boolean).join(' · ')),
    ),
  );
  return element('li', { 'data-cited': cited }, button);
}

/** @param {{ message: string, hint: string | null, retryable: boolean }} error @param {() => void} retry */
function failure({ message, hint, retryable }, retry) {
  const box = element('div', { class: 'failure' }, element('strong', {}, message), hint ?? '');
  if (retryable) {
    box.append(
      element('div', {}, element('button', { type: 'button', onclick: retry }, 'Ask again')),
    );
  }
  return box;
}
