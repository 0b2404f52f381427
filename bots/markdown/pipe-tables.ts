import type { gfm } from 'micromark-extension-gfm';

type Extension = ReturnType<typeof gfm>;
type Construct = Exclude<NonNullable<NonNullable<Extension['flow']>['null']>, unknown[]>;

const pipe = 124;

/**
 * Tables whose head begins with a pipe, as nearly all do. GFM lets any line become a table's head when a
 * delimiter row follows; then no line of a growing answer could be shown before the next one has begun.
 */
export function tablesWithPipes(extension: Extension): Extension {
  const flow = extension.flow?.['null'];
  const constructs = Array.isArray(flow) ? flow : flow === undefined ? [] : [flow];
  return { ...extension, flow: { ...extension.flow, null: constructs.map(withPipe) } };
}

function withPipe(construct: Construct): Construct {
  if (construct.name !== 'table') return construct;
  return {
    ...construct,
    tokenize(effects, ok, nok) {
      const table = construct.tokenize.call(this, effects, ok, nok);
      return (code) => (code === pipe ? table(code) : nok(code));
    },
  };
}
