import { z } from 'zod';
import { environmentProblem, optional } from '../pipelines/environment.ts';
import { PermanentError } from '../pipelines/stores/errors.ts';

/** Every environment variable of the operator's process. `.env.example` explains each one. */
export const operatorShape = {
  OPERATOR_HOST: optional(z.string().min(1)),
  OPERATOR_PORT: optional(z.coerce.number().int().min(0).max(65_535)),
  OPERATOR_TOKEN: optional(
    z.string().min(16, {
      error: 'is too short for a secret: openssl rand -hex 32 prints a good one',
    }),
  ),
};

/** Where the operator's page is served, and to whom. */
export type OperatorConfig = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What opens the page; null where nobody but this machine can reach it. */
  readonly token: string | null;
};

/** @throws PermanentError `environment.invalid`, or `environment.incomplete` where others could reach an open page */
export function readOperator(
  variables: Readonly<Record<string, string | undefined>>,
): OperatorConfig {
  const parsed = z.object(operatorShape).safeParse(variables);
  if (!parsed.success) throw environmentProblem(parsed.error);
  const { OPERATOR_HOST: host = '127.0.0.1', OPERATOR_PORT: port = 0 } = parsed.data;
  const { OPERATOR_TOKEN: token = null } = parsed.data;
  if (token === null && !isLoopback(host)) {
    throw new PermanentError(`OPERATOR_TOKEN is not set, but others can reach ${host}.`, {
      code: 'environment.incomplete',
      hint: 'Set OPERATOR_TOKEN to what openssl rand -hex 32 prints, or OPERATOR_HOST to 127.0.0.1.',
    });
  }
  return { host, port, token };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
