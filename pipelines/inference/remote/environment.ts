import { z } from 'zod';
import { optional } from '../../variables.ts';
import { tokenShape } from '../protocol/token.ts';

/** Where the inference processes are; each address may be one of them, or a balancer before several. */
export type RemoteInferenceEnvironment = {
  readonly urls: readonly string[];
  readonly token?: string;
};

/** The environment variables by which answering is left to other processes. `.env.example` explains each one. */
export const remoteInferenceShape = {
  ...tokenShape,
  INFERENCE_URL: optional(
    z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim().replace(/\/+$/u, '')))
      .pipe(
        z.array(z.url({ protocol: /^https?$/u, error: 'is not an http or https address' })).min(1),
      ),
  ),
};

const schema = z.object(remoteInferenceShape);

/** Parsed variables as settings; null where this process answers itself. */
export function remoteInferenceOf(data: z.infer<typeof schema>): RemoteInferenceEnvironment | null {
  const { INFERENCE_URL: urls, INFERENCE_TOKEN: token } = data;
  return urls ? { urls, ...(token !== undefined && { token }) } : null;
}
