/**
 * The work's result, or `late` when it is not there in time; the work goes on.
 *
 * @param ms none left is as good as the next turn of the event loop
 */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), Math.max(0, ms));
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
