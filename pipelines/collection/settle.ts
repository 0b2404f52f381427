import { z } from 'zod';
import { documentDraftSchema } from '../stores/warehouse/document.ts';
import type { Warehouse } from '../stores/warehouse/port.ts';
import type { CrawlItem } from './crawler.ts';
import type { ItemEvent } from './events.ts';

type Settled = {
  readonly origin: string;
  readonly warehouse: Warehouse;
  /** Documents that came by in this crawl; grows here. */
  readonly seen: Set<string>;
};

/** Brings one found item to the warehouse and says what came of it. Throws only what the warehouse throws. */
export async function settle(
  found: Exclude<CrawlItem, { type: 'total' | 'complete' }>,
  { origin, warehouse, seen }: Settled,
): Promise<ItemEvent> {
  if (found.type === 'unchanged') {
    seen.add(found.documentId);
    const { link, documentId } = found;
    return { type: 'item', outcome: 'unchanged', link, documentId };
  }
  if (found.type !== 'draft') {
    if (found.keeps) seen.add(found.keeps);
    return { type: 'item', outcome: found.type, link: found.link, reason: found.reason };
  }

  const parsed = documentDraftSchema.safeParse(found.draft);
  const { id, link, title } = found.draft;
  if (!parsed.success) {
    const reason = {
      code: 'document.invalid',
      message: `What was found does not make a document: ${z.prettifyError(parsed.error)}`,
    };
    return { type: 'item', outcome: 'failed', link, reason };
  }
  const named = { type: 'item', link, documentId: id, title } as const;
  if (seen.has(id)) {
    const message = 'Another item of this collection has the same link; the first one was taken.';
    return { ...named, outcome: 'skipped', reason: { code: 'document.duplicate', message } };
  }
  if (!found.authoritative) {
    const held = await warehouse.get(id);
    if (held && held.origin !== origin) {
      const message = `This copy is older news: ${held.origin} already brought the writing of that link.`;
      return { ...named, outcome: 'skipped', reason: { code: 'document.copy', message } };
    }
  }

  const { outcome } = await warehouse.upsert(parsed.data);
  seen.add(id);
  if (outcome === 'refused') {
    const message = 'It was forgotten on request, and collecting does not bring it back.';
    return { ...named, outcome, reason: { code: 'document.forgotten', message } };
  }
  if (found.memory) await warehouse.putFetchMemory(found.memory.key, found.memory.value);
  const { warnings } = found;
  return warnings?.length ? { ...named, outcome, warnings } : { ...named, outcome };
}
