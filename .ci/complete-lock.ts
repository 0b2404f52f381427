/**
 * Writes into package-lock.json the optional packages of other platforms that a registry did not offer when it was made:
 * without them `npm ci` refuses the lock file, and other systems install no native bindings.
 *
 *   node .ci/complete-lock.ts
 *
 * Entries have no integrity: npm checks none for them, as nobody here could compute it.
 */
import { readFileSync, writeFileSync } from 'node:fs';

type Entry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
];

const file = new URL('../package-lock.json', import.meta.url);
const lock: { packages: Record<string, Entry> } = JSON.parse(readFileSync(file, 'utf8'));

for (const { optionalDependencies = {}, dev } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    const parts = name.split(/[-/]/u);
    const os = systems.find((each) => parts.includes(each));
    const cpu = processors.find((each) => parts.includes(each));
    if (path in lock.packages || os === undefined || !/^\d/u.test(version)) continue;
    const libc = name.includes('musl') ? 'musl' : name.includes('gnu') ? 'glibc' : undefined;
    const entry = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(dev && { dev }),
      ...(libc && { libc: [libc] }),
      optional: true,
      os: [os],
    };
    lock.packages[path] = entry;
  }
}

const [root, ...others] = Object.entries(lock.packages);
const sorted = others.sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(root ? [root, ...sorted] : sorted);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
