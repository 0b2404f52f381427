import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const root = join(import.meta.dirname, '../..');
const folder = join(root, 'deploy/kubernetes');

export type Manifest = {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // Whatever its kind says; the schema of the kind is checked apart.
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into many kinds of object.
  readonly [field: string]: any;
};

/** Every object of the manifests that are applied. */
export function manifests(): readonly Manifest[] {
  return readdirSync(folder)
    .filter((file) => file !== 'kustomization.yaml' && file !== 'metrics.example.yaml')
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => {
        if (document.errors.length > 0) throw document.errors[0];
        return { file, ...document.toJS() } as Manifest;
      }),
    );
}

export const ofKind = (kind: string) => manifests().filter((each) => each.kind === kind);
