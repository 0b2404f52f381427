import { PermanentError } from '../../../stores/errors.ts';

/** What a route that not every version has tells, or what is assumed without it. */
export async function orWithout<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof PermanentError) return otherwise;
    throw error;
  }
}
