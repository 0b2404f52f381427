import { z } from 'zod';

/** An empty variable counts as not set, as shells and compose files write it. */
const blank = (value: unknown) => (value === '' ? undefined : value);

export const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blank, schema.optional());

export const withDefault = <T extends z.ZodType>(schema: T) => z.preprocess(blank, schema);

export const flag = (byDefault: 'on' | 'off') =>
  withDefault(
    z
      .enum(['on', 'off'])
      .default(byDefault)
      .transform((word) => word === 'on'),
  );
