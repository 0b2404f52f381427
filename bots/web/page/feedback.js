import { element } from './dom.js';

/** Thumbs for one answer, and a place to say why not. @param {string} trace */
export function feedbackTools(trace) {
  const said = element('output');
  const up = thumb('up', 'Good answer', () => give('up'));
  const down = thumb('down', 'Bad answer', () => give('down'));
  const tools = element(
    'div',
    { class: 'tools', role: 'group', 'aria-label': 'Was this a good answer?' },
    up,
    down,
    said,
  );
  return tools;

  /** @param {'up' | 'down'} value @param {string | null} reason */
  async function give(value, reason = null) {
    const response = await fetch('/feedback', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ trace, value, reason }),
    }).catch(() => null);
    if (response === null || !response.ok) {
      said.textContent = 'That could not be kept.';
      return;
    }
    up.setAttribute('aria-pressed', String(value === 'up'));
    down.setAttribute('aria-pressed', String(value === 'down'));
    said.textContent = reason === null ? 'Noted.' : 'Noted, thank you.';
    tools.querySelector('form')?.remove();
    if (value === 'down' && reason === null) tools.append(reasonForm());
  }

  function reasonForm() {
    const input = element('input', {
      name: 'reason',
      maxlength: 1000,
      placeholder: 'What was wrong? (optional)',
      'aria-label': 'What was wrong?',
      autocomplete: 'off',
    });
    return element(
      'form',
      {
        class: 'reason',
        onsubmit: (event) => {
          event.preventDefault();
          const reason = /** @type {HTMLInputElement} */ (input).value.trim();
          if (reason !== '') give('down', reason);
        },
      },
      input,
      element('button', { type: 'submit' }, 'Send'),
    );
  }
}

/** @param {'up' | 'down'} way @param {string} name @param {() => void} press */
function thumb(way, name, press) {
  return element(
    'button',
    {
      type: 'button',
      class: `thumb ${way}`,
      'aria-label': name,
      'aria-pressed': 'false',
      onclick: press,
    },
    drawing(),
  );
}

/** Drawn, not an emoji: not every machine has a font with thumbs. Turned over by the style sheet. */
function drawing() {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute(
    'd',
    'M7.5 10.5 11 3.2c1.6 0 2.6 1.1 2.6 2.6V9h4.9c1.3 0 2.2 1.1 2 2.4l-1.1 6.9c-.2 1-1 1.7-2 1.7H7.5m0-9.5V20m0-9.5H4.8c-.7 0-1.3.6-1.3 1.3v6.9c0 .7.6 1.3 1.3 1.3h2.7',
  );
  svg.append(path);
  return svg;
}
