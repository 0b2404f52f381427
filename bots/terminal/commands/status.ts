import { statSync } from 'node:fs';
import { join } from 'node:path';
import { countBehind } from '../../../pipelines/feature/behind.ts';
import { queueNames } from '../../../pipelines/queues/port.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { counted, type Output, size } from '../output.ts';
import { type Storehouse, twin } from '../storehouse.ts';

/** Everything there is, in numbers: documents, features, what is behind, jobs, traces, disk. */
export async function run(house: Storehouse, output: Output): Promise<ExitCode> {
  const [facets, sets, current, traces, releases] = await Promise.all([
    house.warehouse.facets(),
    house.features.sets(),
    house.features.current(),
    house.traces.counts(),
    house.registry.releases(twin),
  ]);
  const release = releases.at(-1);
  const behind = current ? await countBehind(house, current.id) : facets.documents;
  const queues = await Promise.all(
    queueNames.map(async (name) => ({ name, ...(await house.queues.counts(name)) })),
  );
  const bytes = diskUse(house.home);
  output.data({
    home: house.home,
    bytes,
    documents: facets.documents,
    behind,
    current: current ?? null,
    sets,
    release: release?.id ?? null,
    traces,
    queues,
  });
  const { bold, dim, good } = output.style;
  const row = (name: string, value: string) => output.line(`${name.padEnd(14)}${value}`);
  row('Home', `${house.home} ${dim(`(${size(bytes)})`)}`);
  row('Documents', bold(facets.documents.toLocaleString('en-GB')));
  row(
    'Feature set',
    current
      ? `${bold(current.id)} ${dim(`${counted(current.chunks, 'passage')} of ${counted(current.documents, 'document')}`)}`
      : 'none yet: understudy features',
  );
  row(
    'Behind',
    behind === 0 ? good('up to date') : `${counted(behind, 'document')}: understudy features`,
  );
  for (const set of sets.filter(({ state }) => state !== 'current')) {
    row('', dim(`${set.id} ${set.state}, ${counted(set.chunks, 'passage')}`));
  }
  if (release) row('Release', `${release.id} ${dim(release.generator.engine)}`);
  row('Answers', `${counted(traces.traces, 'trace')}, ${traces.up} up, ${traces.down} down`);
  for (const queue of queues) {
    const open = queue.waiting + queue.running + queue.dead;
    if (open > 0) {
      row(
        `Jobs`,
        `${queue.name}: ${queue.waiting} waiting, ${queue.running} running, ${queue.dead} dead`,
      );
    }
  }
  return exitCodes.done;
}

/** Bytes of the database with its write-ahead log. */
function diskUse(home: string): number {
  const files = ['understudy.db', 'understudy.db-wal', 'understudy.db-shm'];
  return files.reduce(
    (sum, file) => sum + (statSync(join(home, file), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
