import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Writing } from '../bots/twin.ts';

const handbook = join(import.meta.dirname, '../../datasets/handbook');

const headSchema = z.object({ title: z.string(), author: z.string(), date: z.string() });

/** The handbook as somebody's writing on the web. */
export async function handbookWritings(): Promise<readonly Writing[]> {
  const names = (await readdir(handbook)).filter((name) => name.endsWith('.md')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(handbook, name), 'utf8');
      const [, head = '', content = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/u.exec(text) ?? [];
      const { title, author, date } = headSchema.parse(parse(head, { schema: 'core' }));
      return {
        title,
        author,
        publishedAt: `${date}T00:00:00Z`,
        link: `https://handbook.example/${name.replace(/\.md$/u, '')}`,
        content,
      };
    }),
  );
}
