/** Scripts that run inside the page, as text: the tests themselves know no DOM. */

/** Whether all of the marked block that contains these words can be seen. */
export const marksInView = (words: string) => `(() => {
  const marked = [...document.querySelectorAll('#document-text .cited')];
  const { top, bottom } = marked.find((node) => node.textContent.includes(${JSON.stringify(words)})).getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
})()`;

/**
 * Everything with words on the page that stands out from its ground by less than WCAG's 4.5 : 1. Colours
 * are read back through a canvas: the browser knows every notation.
 */
export const contrast = `(() => {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (node) => {
    if (node === null) return [255, 255, 255];
    const colour = rgb(getComputedStyle(node).backgroundColor);
    return colour[3] > 200 ? colour : ground(node.parentElement);
  };
  const nodes = [...document.querySelectorAll('h2, h3, p, .answer a, .about, .title, summary, button, code, kbd')];
  return nodes.flatMap((node) => {
    if (node.getClientRects().length === 0 || node.textContent.trim() === '') return [];
    const [dark, light] = [rgb(getComputedStyle(node).color), ground(node)].map(luminance).sort((a, b) => a - b);
    const ratio = (light + 0.05) / (dark + 0.05);
    return ratio < 4.5 ? [node.tagName + ' ' + node.className + ' ' + ratio.toFixed(2)] : [];
  });
})()`;
