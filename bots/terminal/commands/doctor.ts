import { accessSync, constants, statfsSync } from 'node:fs';
import type { Environment } from '../../../pipelines/environment.ts';
import { countBehind } from '../../../pipelines/feature/behind.ts';
import type { EmbedderIdentity } from '../../../pipelines/stores/features/manifest.ts';
import type { Database } from '../../../pipelines/stores/sqlite/database.ts';
import { integrityProblems } from '../../../pipelines/stores/sqlite/integrity.ts';
import type { Finding } from '../../finding.ts';
import { reportChecks } from '../checks.ts';
import { type ExitCode, explain } from '../exit.ts';
import { counted, type Output, size } from '../output.ts';
import { openStorehouse, type Storehouse } from '../storehouse.ts';
import { checkServers } from './doctor-servers.ts';
import { checkScale, checkStores } from './doctor-stores.ts';

const leastFreeBytes = 1 << 30;
const minimumNode = 24;

/** Looks at everything that can be wrong and says what to do about it. */
export async function runDoctor(environment: () => Environment, output: Output): Promise<ExitCode> {
  const checks: Finding[] = [checkNode(process.versions.node)];
  let house: Storehouse | undefined;
  try {
    const settings = environment();
    // Each by itself first: of a server that is away the others should be told of too.
    checks.push(...(await checkStores(settings)));
    house = await openStorehouse(settings);
    checks.push({ name: 'Database', verdict: 'good', found: `opens, in ${settings.home}` });
    checks.push(checkFolder(settings.home), checkIntegrity(house.database));
    const servers = await checkServers(settings, house);
    checks.push(...servers.findings);
    checks.push(...(await checkContents(house, servers.embedder, settings)));
  } catch (error) {
    const { message, hint } = explain(error);
    checks.push({ name: 'Start', verdict: 'bad', found: message, ...(hint && { todo: hint }) });
  } finally {
    await house?.close();
  }
  return reportChecks(checks, output);
}

export function checkNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  return major >= minimumNode
    ? { name: 'Node', verdict: 'good', found: version }
    : {
        name: 'Node',
        verdict: 'bad',
        found: `${version} is older than ${minimumNode}`,
        todo: 'Start through npm (npm start, npx understudy …): it brings the right Node along.',
      };
}

function checkFolder(home: string): Finding {
  try {
    accessSync(home, constants.R_OK | constants.W_OK);
  } catch {
    return {
      name: 'Home',
      verdict: 'bad',
      found: `${home} cannot be written`,
      todo: 'Give yourself the right to it, or set UNDERSTUDY_HOME to another folder.',
    };
  }
  const { bavail, bsize } = statfsSync(home);
  const free = bavail * bsize;
  return free >= leastFreeBytes
    ? { name: 'Disk', verdict: 'good', found: `${size(free)} free` }
    : { name: 'Disk', verdict: 'advice', found: `${size(free)} free`, todo: 'Make room soon.' };
}

function checkIntegrity(database: Database): Finding {
  const problems = integrityProblems(database);
  return problems.length === 0
    ? { name: 'Integrity', verdict: 'good', found: 'no damage in the database or its indexes' }
    : {
        name: 'Integrity',
        verdict: 'bad',
        found: problems.slice(0, 3).join('; '),
        todo: 'Keep a copy of the file, then collect and index afresh into a new UNDERSTUDY_HOME.',
      };
}

async function checkContents(
  house: Storehouse,
  embedder: EmbedderIdentity | null,
  settings: Environment,
): Promise<readonly Finding[]> {
  const { documents } = await house.warehouse.facets();
  const current = await house.features.current();
  if (documents === 0) {
    return [
      {
        name: 'Corpus',
        verdict: 'advice',
        found: 'empty',
        todo: 'understudy collect ./my-posts, then understudy features',
      },
    ];
  }
  if (current === undefined) {
    return [
      {
        name: 'Features',
        verdict: 'bad',
        found: `${counted(documents, 'document')}, but no feature set`,
        todo: 'understudy features',
      },
    ];
  }
  const behind = await countBehind(house, current.id);
  const { chunks, manifest } = current;
  return [
    behind === 0
      ? {
          name: 'Features',
          verdict: 'good',
          found: `up to date, ${counted(current.chunks, 'passage')}`,
        }
      : {
          name: 'Features',
          verdict: 'advice',
          found: `${counted(behind, 'document')} behind`,
          todo: 'understudy features',
        },
    checkEmbedder(manifest.embedder, embedder),
    ...checkScale({ chunks, vectors: manifest.embedder !== null }, settings),
  ];
}

/** The embedder that the current set was made by must be the one that questions are embedded with. */
function checkEmbedder(made: EmbedderIdentity | null, loaded: EmbedderIdentity | null): Finding {
  const name = 'Embedder';
  if (made === null && loaded === null) {
    return { name, verdict: 'good', found: 'none: retrieval is lexical' };
  }
  if (made !== null && loaded !== null && made.revision === loaded.revision) {
    return { name, verdict: 'good', found: `${made.name}, ${made.dimensions} dimensions` };
  }
  if (made === null) {
    return {
      name,
      verdict: 'advice',
      found: `${loaded?.name} is configured, but the current feature set has no vectors`,
      todo: 'understudy features builds a set with them and switches to it',
    };
  }
  return {
    name,
    verdict: 'bad',
    found: `the current feature set was made with ${made.name} at ${made.revision.slice(0, 12)}, which is not loaded`,
    todo: 'Point UNDERSTUDY_EMBEDDER or EMBED_URL at that model, or run understudy features to build a set without it.',
  };
}
