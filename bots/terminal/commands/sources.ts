import { type ExitCode, exitCodes } from '../exit.ts';
import { counted, type Output } from '../output.ts';
import type { Storehouse } from '../storehouse.ts';

/** What the twin was built from, and how fresh it is. */
export async function run(house: Storehouse, output: Output): Promise<ExitCode> {
  const [origins, facets] = await Promise.all([
    house.warehouse.origins(),
    house.warehouse.facets(),
  ]);
  output.data({ ...facets, origins });
  if (origins.length === 0) {
    output.line('Nothing collected yet. Begin with: understudy collect ./my-posts');
    return exitCodes.done;
  }
  const { bold, dim } = output.style;
  output.line(bold('Collected from'));
  for (const origin of origins) {
    const when = origin.lastCollectedAt?.slice(0, 16).replace('T', ' ') ?? 'never finished';
    output.line(`  ${origin.link}  ${dim(`${origin.crawler} · ${when} UTC`)}`);
  }
  const list = (title: string, rows: readonly { name: string; documents: number }[]) => {
    if (rows.length === 0) return;
    output.line(bold(title));
    for (const row of rows)
      output.line(`  ${row.name}  ${dim(counted(row.documents, 'document'))}`);
  };
  list('Authors', facets.authors);
  list('Sources', facets.sources);
  list('Kinds', facets.kinds);
  list('Languages', facets.languages);
  if (facets.earliest && facets.latest) {
    output.line(dim(`Published ${facets.earliest.slice(0, 10)} to ${facets.latest.slice(0, 10)}`));
  }
  return exitCodes.done;
}
