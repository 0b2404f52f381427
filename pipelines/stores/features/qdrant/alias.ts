import { ask, type Connection } from './connection.ts';

/** Lets the alias name a set's collection, in one step, unless it does already. */
export async function pointAlias(connection: Connection, id: string): Promise<void> {
  const { alias: alias_name, set } = connection.names;
  const collection_name = set(id);
  const { aliases } = await ask(connection, 'list the aliases', (api, init) =>
    api.getCollectionsAliases({}, init),
  );
  const former = aliases.find((each) => each.alias_name === alias_name);
  if (former?.collection_name === collection_name) return;
  const actions = [
    ...(former ? [{ delete_alias: { alias_name } }] : []),
    { create_alias: { alias_name, collection_name } },
  ];
  await ask(connection, `let ${alias_name} name ${collection_name}`, (api, init) =>
    api.updateAliases({ actions }, init),
  );
}
