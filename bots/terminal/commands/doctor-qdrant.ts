import type { Environment } from '../../../pipelines/environment.ts';
import {
  ask,
  type Connection,
  connect,
} from '../../../pipelines/stores/features/qdrant/connection.ts';
import { is } from '../../../pipelines/stores/features/qdrant/filter.ts';
import type { Finding } from '../../finding.ts';
import { counted } from '../output.ts';

/** Versions that this one was written for and tried with; older than the first cannot do what is needed. */
const oldest = [1, 16] as const;
const known = { from: [1, 18], to: [1, 20] } as const;

/**
 * Whether Qdrant is of a version that we know, and whether the set that answers is whole.
 *
 * @throws TransientError or PermanentError when it cannot be asked
 */
export async function checkQdrant(
  settings: NonNullable<Environment['qdrant']>,
): Promise<readonly Finding[]> {
  const connection = connect(settings);
  const version = await ask(connection, 'say its version', async (api, init) => {
    const { data } = await api.root({}, init);
    return { data: { result: data.version } };
  });
  const { alias } = connection.names;
  const { aliases } = await ask(connection, 'list the aliases', (api, init) =>
    api.getCollectionsAliases({}, init),
  );
  const collection = aliases.find(({ alias_name }) => alias_name === alias)?.collection_name;
  const set =
    collection === undefined ? [withoutSet(alias)] : await checkSet(connection, alias, collection);
  return [versionFinding(version), ...set];
}

function versionFinding(version: string): Finding {
  const name = 'Qdrant';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const before = ([a, b]: readonly [number, number]) => major < a || (major === a && minor < b);
  const after = ([a, b]: readonly [number, number]) => major > a || (major === a && minor > b);
  if (before(oldest)) {
    const todo = `Update it to ${known.to.join('.')}: older ones overwrite where they should compare.`;
    return { name, verdict: 'bad', found: `${version} is too old`, todo };
  }
  if (before(known.from) || after(known.to)) {
    const todo = `Versions ${known.from.join('.')} to ${known.to.join('.')} were tried with this version of Understudy.`;
    return { name, verdict: 'advice', found: version, todo };
  }
  return { name, verdict: 'good', found: version };
}

const withoutSet = (alias: string): Finding => ({
  name: 'Qdrant collection',
  verdict: 'advice',
  found: `the alias ${alias} names none: there is no feature set to answer from yet`,
  todo: 'understudy features',
});

async function checkSet(
  connection: Connection,
  alias: string,
  collection_name: string,
): Promise<readonly Finding[]> {
  const name = 'Qdrant collection';
  const { exists } = await ask(connection, `look for ${collection_name}`, (api, init) =>
    api.collectionExists({ collection_name }, init),
  );
  if (!exists) {
    const found = `the alias ${alias} names ${collection_name}, which is not there`;
    return [{ name, verdict: 'bad', found, todo: 'understudy features --rebuild' }];
  }
  const { status, optimizer_status } = await ask(
    connection,
    `describe ${collection_name}`,
    (api, init) => api.getCollection({ collection_name }, init),
  );
  const said = typeof optimizer_status === 'string' ? null : optimizer_status.error;
  const health: Finding =
    status === 'green' || (status === 'yellow' && said === null)
      ? { name, verdict: 'good', found: `${collection_name} is ${status}` }
      : {
          name,
          verdict: status === 'grey' ? 'advice' : 'bad',
          found: `${collection_name} is ${status}${said === null ? '' : `: ${said}`}`,
          todo: 'Look into the log of the Qdrant server: it has stopped to optimise, or lost a shard.',
        };
  return [health, await checkPassages(connection, collection_name)];
}

/** So many different numbers of passages are added up; a server may not list more at once. */
const mostSizes = 1_000;

/** Every document's head says how many passages it has: as many have to be there. */
async function checkPassages(connection: Connection, collection_name: string): Promise<Finding> {
  const count = async (type: string) => {
    const filter = { must: [is('type', type)] };
    const found = await ask(connection, `count ${type}s`, (api, init) =>
      api.countPoints({ collection_name, filter, exact: true }, init),
    );
    return found.count;
  };
  const [documents, passages, { hits }] = await Promise.all([
    count('document'),
    count('chunk'),
    ask(connection, 'add up the passages of its documents', (api, init) =>
      api.facet(
        {
          collection_name,
          key: 'chunks',
          filter: { must: [is('type', 'document')] },
          limit: mostSizes,
          exact: true,
        },
        init,
      ),
    ),
  ]);
  const all = hits.length < mostSizes;
  const added = hits.reduce((sum, { value, count: of }) => sum + Number(value) * of, 0);
  const expected = all ? added : passages;
  const name = 'Qdrant passages';
  const found = `${counted(passages, 'passage')} of ${counted(documents, 'document')}`;
  if (passages < expected) {
    const missing = `, ${(expected - passages).toLocaleString('en-GB')} fewer than those have`;
    return { name, verdict: 'bad', found: found + missing, todo: 'understudy features --rebuild' };
  }
  const left = passages - expected;
  return {
    name,
    verdict: 'good',
    found: left === 0 ? found : `${found}, ${left.toLocaleString('en-GB')} of them being replaced`,
  };
}
