/**
 * Makes an element. Strings become text nodes, so nothing said in a document or a question is ever markup.
 *
 * @param {string} name
 * @param {Record<string, string | boolean | number | null | undefined | ((event: Event) => void)>} attributes
 *   functions are listeners (`onclick` …), null and false are left out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, String(value));
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}`);
  return found;
}

/** "18 September 2026", in the reader's own language. @param {string | null} iso */
export function day(iso) {
  if (iso === null) return null;
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(iso),
  );
}

/** "1 passage", "2 passages". @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${count.toLocaleString()} ${noun}${count === 1 ? '' : 's'}`;
}

let clearing = 0;

/** Says something to a screen reader, once. @param {string} text */
export function announce(text) {
  const announcer = byId('announcer');
  clearTimeout(clearing);
  announcer.textContent = text;
  clearing = setTimeout(() => {
    announcer.textContent = '';
  }, 10_000);
}
