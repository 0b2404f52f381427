import { styleText } from 'node:util';

/** Where a command writes: answers to standard output, everything about the work to standard error. */
export type Output = {
  readonly json: boolean;
  /** Whether standard error is a terminal that can redraw a line. */
  readonly interactive: boolean;
  /** A line for people on standard output; silent in JSON mode. */
  line(text?: string): void;
  /** Raw text for people on standard output, for streaming; silent in JSON mode. */
  write(text: string): void;
  /** A JSON document or event on standard output; silent for people. */
  data(value: unknown): void;
  /** A line about the work on standard error. */
  note(text: string): void;
  readonly style: Style;
};

export type Style = {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly accent: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
};

export type Streams = {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
};

export function openOutput(json: boolean, { stdout, stderr }: Streams = process): Output {
  return {
    json,
    interactive: stderr.isTTY === true && !json,
    line: (text = '') => void (json || stdout.write(`${text}\n`)),
    write: (text) => void (json || stdout.write(text)),
    data: (value) => void (json && stdout.write(`${JSON.stringify(value)}\n`)),
    note: (text) => void stderr.write(`${text}\n`),
    style: styleFor(stdout),
  };
}

/** Colours only where the stream can show them; `NO_COLOR` and `FORCE_COLOR` are respected by Node. */
function styleFor(stream: NodeJS.WriteStream): Style {
  const apply = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { stream });
  return {
    bold: apply('bold'),
    dim: apply('dim'),
    accent: apply('cyan'),
    good: apply('green'),
    bad: apply('red'),
  };
}

/** `1 document`, `2 documents`, `12,345 documents`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? singular : plural}`;
}

/** Milliseconds as people read them: `340 ms`, `2.1 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** Bytes as people read them, in powers of 1024. */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes > 0 ? Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10)) : 0;
  const value = bytes / 1_024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}
