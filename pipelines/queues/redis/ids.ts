import { randomBytes } from 'node:crypto';

/**
 * Ids that nobody else makes: a count, first because people name a job by the beginning of its id, and 64
 * random bits for this process. Half as long as a UUID would be, because Redis reads and logs a job's id some
 * twenty times until the job is done.
 */
export function createIds(): (queue: string) => string {
  const ours = randomBytes(8).toString('base64url');
  let made = 0;
  return (queue) => {
    made += 1;
    return `${queue}.${made.toString(36)}-${ours}`;
  };
}
