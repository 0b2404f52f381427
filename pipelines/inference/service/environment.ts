import { z } from 'zod';
import { withDefault } from '../../variables.ts';
import { tokenShape } from '../protocol/token.ts';

/** Where the inference process listens. */
export type InferenceServiceEnvironment = {
  /** 0 takes a free one. */
  readonly port: number;
  /** An address or name of this machine. */
  readonly host: string;
  readonly token?: string;
};

/** The environment variables of the inference process. `.env.example` explains each one. */
export const inferenceServiceShape = {
  ...tokenShape,
  INFERENCE_PORT: withDefault(z.coerce.number().int().min(0).max(65_535).default(8_080)),
  INFERENCE_HOST: withDefault(z.string().default('127.0.0.1')),
};

const schema = z.object(inferenceServiceShape);

/** Parsed variables as the service's settings. */
export function inferenceServiceOf(data: z.infer<typeof schema>): InferenceServiceEnvironment {
  const { INFERENCE_PORT: port, INFERENCE_HOST: host, INFERENCE_TOKEN: token } = data;
  return { port, host, ...(token !== undefined && { token }) };
}
