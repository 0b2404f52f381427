import type { WarehouseChanges } from './changes.ts';
import { insist, pause } from './insist.ts';
import type { Warehouse } from './port.ts';

/** Asks for the warehouse's version every `everyMs`: for stores that tell nothing by themselves. */
export function pollChanges(
  warehouse: Pick<Warehouse, 'version'>,
  { everyMs }: { readonly everyMs: number },
): WarehouseChanges {
  return {
    by: 'polling',
    async follow(changed, signal) {
      let told: number | undefined;
      const look = async () => {
        const version = await warehouse.version();
        if (version === told || signal.aborted) return;
        await changed({ lost: false });
        told = version;
      };
      while (await insist(look, everyMs, signal)) await pause(everyMs, signal);
    },
  };
}
