import { z } from 'zod';
import { documentKinds } from '../../../pipelines/stores/warehouse/document.ts';

const word = (most: number) => z.string().trim().min(1).max(most);

export const pushBodySchema = z
  .strictObject({
    content: z
      .string()
      .min(1)
      .max(2_000_000)
      .meta({ description: 'Markdown or plain text, at most 2,000,000 UTF-16 units.' }),
    link: z
      .url({ protocol: /^https?$/u })
      .max(4_000)
      .exactOptional()
      .meta({ description: 'Where it is published: what makes two pushes the same document.' }),
    key: word(200)
      .exactOptional()
      .meta({
        description: 'Your own name for it, unique within the source, where it has no link.',
        examples: ['newsletter-2026-11'],
      }),
    title: word(1_000).exactOptional().meta({ description: 'Else its first heading.' }),
    author: word(200).meta({ description: 'Name of the author.', examples: ['Mara Lindqvist'] }),
    source: word(200).meta({ description: 'The publication, as people call it.' }),
    kind: z.enum(documentKinds).exactOptional().meta({ description: 'Else told by its length.' }),
    publishedAt: z.iso
      .datetime({ offset: true })
      .exactOptional()
      .meta({ description: 'ISO 8601 with a time zone.' }),
    language: z
      .string()
      .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/u, { error: 'is not a BCP 47 tag' })
      .max(35)
      .exactOptional()
      .meta({ description: 'BCP 47; else told by the words.' }),
    tags: z.array(word(100)).max(50).exactOptional(),
  })
  .refine(({ link, key }) => (link === undefined) !== (key === undefined), {
    path: ['link'],
    error: 'Either a link or a key says which document this is.',
  })
  .meta({ id: 'Push', description: 'A piece of writing that is handed over.' });

/** A piece of writing that somebody hands over, instead of having it fetched. */
export type PushedDocument = z.output<typeof pushBodySchema>;

export const takenInSchema = z
  .object({
    id: z.string(),
    revision: z.int().min(1),
    changed: z.boolean().meta({ description: 'False where exactly this was known already.' }),
  })
  .meta({
    id: 'TakenIn',
    description: 'It can be found once its features were built, in seconds.',
  });
