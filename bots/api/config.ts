import { z } from 'zod';
import { environmentProblem, optional } from '../../pipelines/environment.ts';
import { isLoopback } from './http/loopback.ts';

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'has an origin that is none: it should look like https://chat.example.org',
});

/** Every environment variable of the API. `.env.example` explains each one. */
export const apiShape = {
  API_PORT: optional(z.coerce.number().int().min(0).max(65_535)),
  API_HOST: optional(z.string().min(1)),
  API_ORIGINS: optional(
    z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .pipe(z.array(origin)),
  ),
  API_PER_MINUTE: optional(z.coerce.number().int().min(0).max(1_000_000)),
};

/** Where the API listens, and whom it serves how much. */
export type ApiConfig = {
  /** 0 takes a free one. */
  readonly port: number;
  /** An address or name of this machine. */
  readonly host: string;
  /** Origins of pages that may call it from a browser. */
  readonly origins: readonly string[];
  /** Requests a minute and key; null for no limit. */
  readonly perMinute: number | null;
};

const defaultPerMinute = 120;

/**
 * How the API is to be served; null where no port is set: then there is none.
 *
 * @throws PermanentError `environment.invalid` naming each wrong variable.
 */
export function readApi(variables: Readonly<Record<string, string | undefined>>): ApiConfig | null {
  const result = z.object(apiShape).safeParse(variables);
  if (!result.success) throw environmentProblem(result.error);
  const {
    API_PORT: port,
    API_HOST: host,
    API_ORIGINS: origins,
    API_PER_MINUTE: most,
  } = result.data;
  if (port === undefined) return null;
  return {
    port,
    host: host ?? '127.0.0.1',
    origins: origins ?? [],
    // 0 stands for no limit: nobody would run an API that may not be called at all.
    perMinute: most === undefined ? defaultPerMinute : most || null,
  };
}

/** Whether nobody outside this machine can reach it. */
export const isLocal = ({ host }: Pick<ApiConfig, 'host'>): boolean => isLoopback(host);
