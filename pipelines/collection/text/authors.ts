import type { Author } from '../../stores/warehouse/document.ts';

/** A name as an id: lower case, letters and digits of any script, words joined by hyphens. */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return plain.slice(0, 200) || 'unknown';
}

/** An author from a name; undefined for what is no name (empty, an address, a paragraph). */
export function authorNamed(name: unknown): Author | undefined {
  if (typeof name !== 'string') return undefined;
  const clean = name
    .replace(/<[^>]*>|\([^)]*@[^)]*\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^by\s+/i, '');
  if (!clean || clean.length > 120 || /^https?:\/\//i.test(clean)) return undefined;
  return { id: slug(clean), name: clean };
}
