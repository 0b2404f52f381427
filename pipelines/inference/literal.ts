/** Somebody's text in a line of Markdown: none of it is markup there. */
export function literal(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/[\\`*_{}[\]<>()#+!|~&]/gu, '\\$&');
}
