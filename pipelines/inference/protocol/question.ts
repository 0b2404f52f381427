import { z } from 'zod';
import type { Access } from '../../stores/features/port.ts';
import type { Question } from '../types.ts';

/**
 * Version of what is said between who asks and who answers, and part of the path. Within a version only what an older
 * reader may leave out is added to answers; everything else is a new version, served beside the old one for as long
 * as there are askers of it.
 */
export const version = 1;
export const answersPath = '/v1/answers';
export const aboutPath = '/v1/about';

const strings = z.array(z.string());

// A field that is added to the type and forgotten here does not compile; one that is sent and not known here is
// refused. The limits of an asker must never be widened by leaving one out.
const access = z.strictObject({
  origins: strings.exactOptional(),
  sources: strings.exactOptional(),
  authors: strings.exactOptional(),
  since: z.string().exactOptional(),
} satisfies Record<keyof Access, z.ZodType>);

const question: z.ZodType<Question> = z.strictObject({
  text: z.string(),
  history: z.array(z.strictObject({ role: z.enum(['user', 'twin']), text: z.string() })),
  access: access.exactOptional(),
  now: z.iso.datetime({ offset: true }),
  abstention: z
    .strictObject({
      closest: z.string(),
      nothing: z.string(),
      cutShort: z.string().exactOptional(),
    })
    .exactOptional(),
  length: z.enum(['short', 'long']).exactOptional(),
  besides: strings.exactOptional(),
} satisfies Record<keyof Question, z.ZodType>);

/** The body of `POST /v1/answers`. */
export const requestSchema = z.strictObject({
  /** Of the question, the same when it is sent again because the way there failed. */
  id: z.uuid(),
  question,
});

/** The reply to `GET /v1/about`. */
export const aboutSchema = z.object({
  version: z.literal(version),
  /** Id of the release that answers. */
  release: z.string(),
});
