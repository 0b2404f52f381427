import { type Access, accessKey } from '../features/access.ts';
import type { Warehouse } from './port.ts';

/** Audiences whose results are kept at a time; the one not asked for longest goes first. */
const mostKept = 32;

/**
 * Reads something out of the warehouse for an audience, and keeps it for as long as the warehouse's version stays
 * the same. Who asks while it is being read waits for the same read; a read that failed is not kept.
 */
export function keptByAccess<Value>(
  warehouse: Pick<Warehouse, 'version'>,
  read: (access: Access | undefined) => Promise<Value>,
): (access?: Access) => Promise<Value> {
  const kept = new Map<string, Promise<Value>>();
  let keptFor: number | undefined;
  return async (access) => {
    const version = await warehouse.version();
    if (version !== keptFor) kept.clear();
    keptFor = version;
    const key = accessKey(access);
    const known = kept.get(key);
    const reading = known ?? read(access);
    kept.delete(key);
    kept.set(key, reading);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    try {
      return await reading;
    } catch (failure) {
      if (kept.get(key) === reading) kept.delete(key);
      throw failure;
    }
  };
}
