import type { fromHtml } from 'hast-util-from-html';

/** The tree of HTML, as its parser declares it. */
export type Root = ReturnType<typeof fromHtml>;
export type RootContent = Root['children'][number];
export type Element = Extract<RootContent, { type: 'element' }>;
export type ElementContent = Element['children'][number];
