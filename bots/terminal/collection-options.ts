import { Option } from 'commander';
import type { Environment } from '../../pipelines/environment.ts';

/** What whoever collects may say, as commander hands it on. */
export type CollectionOptions = {
  readonly allowPrivate?: readonly string[];
  readonly author?: string;
  readonly json: boolean;
};

/** Options win over the environment; private hosts add up. */
export function collection(options: CollectionOptions, environment: Environment) {
  return {
    allowPrivate: [...environment.allowPrivate, ...(options.allowPrivate ?? [])],
    author: options.author ?? environment.author,
  };
}

export function allowPrivate(): Option {
  return new Option(
    '--allow-private <hosts>',
    'hosts or CIDRs that may be fetched although not public',
  ).argParser(commaList);
}

export function author(): Option {
  return new Option('--author <name>', 'author of writing that names none');
}

export function commaList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((part) => part.trim() !== '')];
}
