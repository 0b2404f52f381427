import { announce, byId } from './dom.js';
import { openExchange } from './exchange.js';
import { followIndex } from './status.js';
import { answer } from './stream.js';

const field = /** @type {HTMLTextAreaElement} */ (byId('question'));
const askButton = /** @type {HTMLButtonElement} */ (byId('ask'));
const stopButton = /** @type {HTMLButtonElement} */ (byId('stop'));

/** What an answer's events may end with. */
const ends = new Set(['done', 'error', 'stopped', 'notice']);

let thread = crypto.randomUUID();
/** @type {AbortController | null} */
let running = null;

/** @param {string} text */
async function ask(text) {
  const question = text.trim();
  if (question === '' || running !== null) return;
  const controller = new AbortController();
  running = controller;
  setRunning(true);
  byId('opening').hidden = true;
  field.value = '';
  const exchange = openExchange(question, ask);
  let ended = false;
  try {
    const asking = { question, thread, event: crypto.randomUUID() };
    for await (const event of answer(asking, controller.signal)) {
      exchange.show(event);
      ended ||= ends.has(event.type);
    }
    // A stream that ends without an end failed, whatever its status was.
    if (!ended) exchange.broken('The answer broke off.');
  } catch (failure) {
    if (controller.signal.aborted) exchange.stopped();
    else
      exchange.broken(
        failure instanceof TypeError
          ? 'Understudy does not answer.'
          : String(failure.message ?? failure),
      );
  } finally {
    running = null;
    setRunning(false);
  }
}

/** @param {boolean} on */
function setRunning(on) {
  const hadFocus = document.activeElement === stopButton || document.activeElement === askButton;
  askButton.hidden = on;
  stopButton.hidden = !on;
  if (hadFocus) field.focus();
}

function newThread() {
  running?.abort();
  thread = crypto.randomUUID();
  byId('thread').replaceChildren();
  byId('opening').hidden = false;
  announce('New thread. Earlier questions are forgotten.');
  field.focus();
}

byId('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  ask(field.value);
});
field.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  ask(field.value);
});
stopButton.addEventListener('click', () => running?.abort());
byId('new-thread').addEventListener('click', newThread);
document.addEventListener('keydown', (event) => {
  const typing =
    event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  const slash = event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
  const command = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
  if (!slash && !command) return;
  event.preventDefault();
  const panel = /** @type {HTMLDialogElement} */ (byId('document'));
  if (panel.open) panel.close();
  field.focus();
});

field.focus({ preventScroll: true });
followIndex(ask);
