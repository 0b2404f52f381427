/**
 * The only door through which HTML enters the page: what this machine's server rendered and sanitised. The
 * policy's name stands in the content security policy, so no other code can open a second door.
 */
const policy = window.trustedTypes?.createPolicy('rendered-by-server', {
  createHTML: (html) => html,
});

/** @param {string} html from `/ask` or `/documents` @returns {Node[]} */
export function nodesOf(html) {
  const trusted = policy === undefined ? html : policy.createHTML(html);
  const parsed = new DOMParser().parseFromString(/** @type {string} */ (trusted), 'text/html');
  return [...parsed.body.childNodes].map((node) => document.adoptNode(node));
}

/**
 * Puts the children in place, touching only those that differ: what a reader has focused or selected stays.
 *
 * @param {HTMLElement} parent
 * @param {Node[]} children
 */
export function update(parent, children) {
  children.forEach((child, index) => {
    const present = parent.childNodes[index];
    if (present === undefined) parent.append(child);
    else if (!present.isEqualNode(child)) present.replaceWith(child);
  });
  while (parent.childNodes.length > children.length) parent.lastChild?.remove();
}
