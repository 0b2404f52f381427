import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const words =
  `the of and to a in is that for it as was with be by on not he his but at are this have from or had an they
which one you were all her she there would their we him been has when who will no more if out so up said what
its about than into them can only other time new some could these two may first then do any like my now over
such our man me even most made after also did many off before must well back through years where much your way
down should because long each just state those people too mr how little good world make very year still see own
work men day get here old between both life being under three never know same last another while us might great
queue lease index chunk passage answer source voice twin release gate judge trace score`.split(
    /\s+/,
  );

export type Corpus = {
  readonly folder: string;
  /** Rewrites `count` random files and adds `fresh` new ones. */
  change(count: number, fresh: number): void;
};

/** A folder of generated Markdown files: headings, paragraphs, code, every one different. */
export function createCorpus(folder: string, files: number, random: () => number): Corpus {
  mkdirSync(folder, { recursive: true });
  let total = 0;
  // Later than the files' first writing by whole seconds, so that a change is seen by size or time.
  let second = 1_700_000_000;
  const write = (index: number) => {
    const path = join(folder, `piece-${index}.md`);
    writeFileSync(path, piece(index, random));
    second += 1;
    utimesSync(path, second, second);
  };
  const add = (count: number) => {
    for (const end = total + count; total < end; total += 1) write(total);
  };
  add(files);
  return {
    folder,
    change(count, fresh) {
      for (let n = 0; n < count; n += 1) write(Math.floor(random() * total));
      add(fresh);
    },
  };
}

function piece(index: number, random: () => number): string {
  const pick = () => words[Math.floor(random() * words.length)] ?? 'word';
  const sentence = () => {
    const body = Array.from({ length: 6 + Math.floor(random() * 14) }, pick).join(' ');
    return `${body.charAt(0).toUpperCase()}${body.slice(1)}.`;
  };
  const paragraph = () => Array.from({ length: 3 + Math.floor(random() * 5) }, sentence).join(' ');
  const section = (_: unknown, n: number) =>
    `## ${pick()} ${pick()} ${n}\n\n${paragraph()}\n\n${paragraph()}\n`;
  const sections = Array.from({ length: 2 + Math.floor(random() * 5) }, section);
  return `---\ntitle: Piece ${index}\nauthor: Author ${index % 3}\ndate: 2024-0${1 + (index % 9)}-01\n---\n\n# Piece ${index}\n\n${sections.join('\n')}`;
}
