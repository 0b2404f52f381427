import { type REST, type RESTOptions, Routes } from 'discord.js';
import { z } from 'zod';
import type { DiscordConfig } from './config.ts';
import { loginFailure } from './login.ts';

/** A request that takes longer is made again; an interaction is answered within three seconds. */
const requestMs = 10_000;

export const restOptions = ({ apiUrl }: DiscordConfig): Partial<RESTOptions> => ({
  timeout: requestMs,
  ...(apiUrl !== undefined && { api: apiUrl }),
});

const userSchema = z.object({ id: z.string(), username: z.string() });

/** Who the token belongs to. */
export async function botUser(rest: REST): Promise<{ id: string; name: string }> {
  try {
    const { id, username } = userSchema.parse(await rest.get(Routes.user()));
    return { id, name: username };
  } catch (error) {
    throw loginFailure(error);
  }
}
