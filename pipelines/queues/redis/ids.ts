import { randomBytes } from 'node:crypto';

/**
 * Ids that nobody else makes: 64 random bits for this process, and a count. Half as long as a UUID would be,
 * because Redis reads and logs a job's id some twenty times until the job is done.
 */
export function createIds(): (queue: string) => string {
  const ours = randomBytes(8).toString('base64url');
  let made = 0;
  return (queue) => {
    made += 1;
    return `${queue}.${ours}-${made.toString(36)}`;
  };
}
