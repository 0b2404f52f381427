import { type Collection, openCollection, settle } from './collection.ts';
import { type ConfigDiff, changed, configOf, namesOf, type StrictMode } from './config.ts';
import { alreadyExists, invalid, notFound, wrongInput } from './refusal.ts';

export type AliasAction =
  | { readonly create_alias: { readonly collection_name: string; readonly alias_name: string } }
  | { readonly delete_alias: { readonly alias_name: string } }
  | { readonly rename_alias: { readonly old_alias_name: string; readonly new_alias_name: string } };
export type Alias = { readonly alias_name: string; readonly collection_name: string };

/** Collections by name, and the other names some have. */
export type Catalogue = {
  names(): readonly string[];
  exists(name: string): boolean;
  /** By its name or an alias; refuses what does not exist. */
  open(name: string): Collection;
  create(name: string, body: ConfigDiff): void;
  change(name: string, body: ConfigDiff): void;
  /** Its aliases go with it. False where there is none of that name; an alias is none. */
  drop(name: string): boolean;
  aliases(of?: string): readonly Alias[];
  /** In one step for whoever reads; where one is refused those before it stay, as `update_aliases` has it. */
  rename(actions: readonly AliasAction[]): void;
};

export function openCatalogue(strictMode: StrictMode | undefined): Catalogue {
  const collections = new Map<string, Collection>();
  const aliases = new Map<string, string>();
  const missing = (name: string) => notFound(`Collection \`${name}\` doesn't exist!`);
  const open = (name: string) => {
    const collection = collections.get(aliases.get(name) ?? name);
    if (!collection) throw missing(name);
    return collection;
  };
  return {
    names: () => Array.from(collections.keys()),
    exists: (name) => collections.has(aliases.get(name) ?? name),
    open,
    create(name, body) {
      if (name.length > 255 || Array.from('<>:"/\\|?*\0\u001f').some((one) => name.includes(one))) {
        throw invalid(`collection_name: value contains invalid characters or is too long`);
      }
      if (collections.has(name)) throw alreadyExists(name);
      if (aliases.has(name)) {
        const reason = 'Alias with the same name already exists';
        throw wrongInput(`Can't create collection with name ${name}. ${reason}`);
      }
      collections.set(name, openCollection(configOf(body, strictMode), namesOf(body)));
    },
    change(name, body) {
      const collection = open(name);
      settle(collection);
      collection.config = changed(collection.config, body);
    },
    drop(name) {
      for (const [alias, of] of aliases) if (of === name) aliases.delete(alias);
      return collections.delete(name);
    },
    aliases: (of) =>
      Array.from(aliases, ([alias_name, collection_name]) => ({
        alias_name,
        collection_name,
      })).filter(
        ({ collection_name: name }) => of === undefined || name === (aliases.get(of) ?? of),
      ),
    rename(actions) {
      for (const action of actions) {
        if ('create_alias' in action) {
          const { alias_name: alias, collection_name: name } = action.create_alias;
          if (!collections.has(name)) throw missing(name);
          if (collections.has(alias)) throw alreadyExists(alias);
          aliases.set(alias, name);
        } else if ('delete_alias' in action) {
          aliases.delete(action.delete_alias.alias_name);
        } else {
          const { old_alias_name: old, new_alias_name: fresh } = action.rename_alias;
          const name = aliases.get(old);
          if (name === undefined) throw notFound(`Alias ${old} does not exists!`);
          aliases.delete(old);
          aliases.set(fresh, name);
        }
      }
    },
  };
}
