import type { Warehouse } from '../../stores/warehouse/port.ts';
import type { Writing } from './measured.ts';
import { sampleOf } from './sample.ts';
import { styleOf } from './style.ts';

/** Documents that a style is measured on: more change no figure by much. */
const sampled = 100;

/** The writing in the warehouse, measured anew each time it is asked for. */
export function writingIn(warehouse: Pick<Warehouse, 'facets' | 'titles' | 'get'>): Writing {
  return {
    authors: async () => (await warehouse.facets()).authors,
    async style() {
      const { languages } = await warehouse.facets();
      const names = languages.map(({ name }) => name);
      return await styleOf(sampleOf(warehouse, sampled, undefined), names);
    },
  };
}
