import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * A wall that fell unseen is worse than none: every import rule of the house is broken here on purpose,
 * in a scratch tree under the project's own Biome configuration, and must be caught with its lesson.
 */
const root = join(import.meta.dirname, '..');

type Import = { readonly from: string; readonly to: string };
type Planted = Import & { readonly lesson: string };

const pipelines = ['collection', 'feature', 'training', 'inference'];

const forbidden: readonly Planted[] = [
  ...pipelines.flatMap((from) =>
    pipelines
      .filter((to) => to !== from)
      .map((to) => ({
        from: `pipelines/${from}/planted.ts`,
        to: `pipelines/${to}/deep/stage.ts`,
        lesson: 'Pipelines never import each other',
      })),
  ),
  ...pipelines.map((from) => ({
    from: `pipelines/${from}/stage/planted.ts`,
    to: 'pipelines/stores/warehouse/sqlite.ts',
    lesson: 'choose adapters',
  })),
  ...pipelines.flatMap((from) =>
    ['bots/web/server.ts', 'evals/metrics/retrieval.ts', 'monitoring/log.ts'].map((to) => ({
      from: `pipelines/${from}/planted.ts`,
      to,
      lesson: 'stand below bots, evals and monitoring',
    })),
  ),
  ...['stores', 'serving', 'queues'].flatMap((room) => [
    ...pipelines.map((pipeline) => ({
      from: `pipelines/${room}/planted.ts`,
      to: `pipelines/${pipeline}/stage.ts`,
      lesson: 'know nothing of any pipeline',
    })),
    { from: `pipelines/${room}/planted.ts`, to: 'bots/web/server.ts', lesson: 'stand below' },
  ]),
  {
    from: 'bots/web/planted.ts',
    to: 'pipelines/inference/retrieve/retrieve.ts',
    lesson: 'one public entry',
  },
  {
    from: 'bots/web/planted.ts',
    to: 'pipelines/collection/collect.ts',
    lesson: 'one public entry',
  },
  { from: 'bots/slack/planted.ts', to: 'pipelines/stores/open.ts', lesson: 'choose adapters' },
  { from: 'bots/slack/planted.ts', to: 'bots/state/sqlite.ts', lesson: 'choose adapters' },
  {
    from: 'bots/state/planted.ts',
    to: 'pipelines/inference/ask.ts',
    lesson: 'nothing of what is asked',
  },
  {
    from: 'bots/state/planted.ts',
    to: 'bots/conversation/open.ts',
    lesson: 'nothing of what is asked',
  },
  { from: 'bots/conversation/planted.ts', to: 'evals/main.ts', lesson: 'do not import evals' },
  { from: 'evals/planted.ts', to: 'pipelines/inference/rerank/a.ts', lesson: 'public entry' },
  { from: 'evals/planted.ts', to: 'pipelines/feature/sync.ts', lesson: 'public entry' },
  { from: 'evals/reports/planted.ts', to: 'bots/web/server.ts', lesson: 'does not import bots' },
  {
    from: 'monitoring/planted.ts',
    to: 'pipelines/queues/sqlite.ts',
    lesson: 'port only',
  },
  {
    from: 'monitoring/planted.ts',
    to: 'pipelines/inference/ask.ts',
    lesson: 'port only',
  },
  { from: 'monitoring/planted.ts', to: 'bots/web/server.ts', lesson: 'port only' },
  { from: 'datasets/planted.ts', to: 'pipelines/inference/types.ts', lesson: 'depends on nothing' },
];

const allowed: readonly Import[] = [
  { from: 'pipelines/feature/ok.ts', to: 'pipelines/stores/warehouse/port.ts' },
  { from: 'pipelines/feature/ok.ts', to: 'pipelines/serving/embed/port.ts' },
  { from: 'pipelines/collection/ok.ts', to: 'pipelines/queues/port.ts' },
  { from: 'pipelines/inference/ok.ts', to: 'monitoring/tracer.ts' },
  { from: 'pipelines/queues/ok.ts', to: 'pipelines/stores/sqlite/database.ts' },
  { from: 'bots/web/ok.ts', to: 'pipelines/inference/ask.ts' },
  { from: 'bots/web/ok.ts', to: 'monitoring/tracer.ts' },
  { from: 'bots/web/ok.ts', to: 'pipelines/stores/warehouse/port.ts' },
  { from: 'bots/terminal/ok.ts', to: 'pipelines/stores/open.ts' },
  { from: 'bots/terminal/ok.ts', to: 'bots/state/sqlite.ts' },
  { from: 'bots/conversation/ok.ts', to: 'bots/state/port.ts' },
  { from: 'bots/state/ok.ts', to: 'pipelines/stores/sqlite/database.ts' },
  { from: 'bots/main.ts', to: 'pipelines/stores/open.ts' },
  { from: 'evals/ok.ts', to: 'pipelines/inference/ask.ts' },
  { from: 'monitoring/ok.ts', to: 'pipelines/stores/sqlite/database.ts' },
];

type Finding = { readonly file: string; readonly category: string; readonly text: string };

/** Runs the linter over a scratch tree of planted files and returns what it found. */
function lint(tree: string): readonly Finding[] {
  const run = () =>
    execFileSync(
      join(root, 'node_modules/.bin/biome'),
      ['lint', '--reporter=json', '--max-diagnostics=none', '.'],
      { cwd: tree, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 << 20 },
    );
  const output = (() => {
    try {
      return run();
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  })();
  const report: { diagnostics: Record<string, unknown>[] } = JSON.parse(output);
  return report.diagnostics.map((diagnostic) => ({
    file: String((diagnostic['location'] as { path?: unknown } | undefined)?.path ?? ''),
    category: String(diagnostic['category']),
    text: JSON.stringify(diagnostic),
  }));
}

describe('the walls of the house', () => {
  const tree = mkdtempSync(join(tmpdir(), 'understudy-walls-'));
  const findings: Finding[] = [];
  /** Many rules share a folder, so each planted file gets a name of its own; a main.ts keeps its. */
  const fileOf = (kind: string, index: number, from: string) =>
    from.endsWith('main.ts') ? from : join(dirname(from), `${kind}${index}.ts`);

  const plant = (path: string, text: string) => {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  };
  /** Every way to import there is: a wall with one unguarded door is none. */
  const importing = (from: string, to: string) => {
    const path = relative(dirname(from), to);
    const specifier = path.startsWith('.') ? path : `./${path}`;
    return [
      `import '${specifier}';`,
      `import type { A } from '${specifier}';`,
      `export { b } from '${specifier}';`,
      `export const c = (a: A) => [a, import('${specifier}')];`,
    ].join('\n');
  };

  beforeAll(() => {
    const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    writeFileSync(
      join(tree, 'biome.json'),
      JSON.stringify({
        ...config,
        $schema: undefined,
        vcs: { enabled: false },
        files: undefined,
      }),
    );
    for (const [index, { from, to }] of forbidden.entries()) {
      plant(fileOf('planted', index, from), importing(from, to));
    }
    for (const [index, { from, to }] of allowed.entries()) {
      plant(fileOf('ok', index, from), importing(from, to));
    }
    plant(
      'pipelines/feature/cycle-a.ts',
      "import { b } from './cycle-b.ts';\nexport const a = () => b;\n",
    );
    plant(
      'pipelines/feature/cycle-b.ts',
      "import { a } from './cycle-a.ts';\nexport const b = () => a;\n",
    );
    findings.push(...lint(tree));
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  const against = (path: string) =>
    findings.filter(
      (finding) => finding.file.endsWith(path) && finding.category.includes('noRestrictedImports'),
    );

  it.each(forbidden.map((planted, index) => ({ ...planted, index })))(
    '$from may not import $to, and is told why',
    ({ from, lesson, index }) => {
      const found = against(fileOf('planted', index, from));
      expect(found.filter((finding) => finding.text.includes(lesson))).toHaveLength(4);
    },
  );

  it.each(allowed.map((planted, index) => ({ ...planted, index })))(
    '$from may import $to',
    ({ from, index }) => {
      expect(against(fileOf('ok', index, from))).toEqual([]);
    },
  );

  it('catches an import cycle', () => {
    const cycles = findings.filter((finding) => finding.category.includes('noImportCycles'));
    expect(cycles.map((finding) => finding.file).some((file) => file.includes('cycle-'))).toBe(
      true,
    );
  });
});

describe('the tree', () => {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)));

  it('has the fixed top level and beside it only what every repository has', () => {
    const rooms = ['bots', 'datasets', 'evals', 'monitoring', 'pipelines', 'test'];
    const folders = new Set(
      tracked.filter((path) => path.includes('/')).map((path) => path.split('/')[0]),
    );
    // How a deployment is described, as a Dockerfile is.
    const hidden = ['.ci', '.github', 'deploy'];
    expect(
      [...folders].filter((name) => !rooms.includes(name ?? '') && !hidden.includes(name ?? '')),
    ).toEqual([]);
  });

  it('has no room named after nothing', () => {
    const nameless = /(^|\/)(utils?|helpers?|common|misc|managers?)(\/|\.[a-z]+$)/i;
    expect(tracked.filter((path) => nameless.test(path))).toEqual([]);
  });
});
