import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/bench/**', 'test/chaos/**'],
    setupFiles: ['test/properties.ts'],
    // Most of them wait for processes and servers: a file for every core keeps those busy.
    maxWorkers: '100%',
    // Tests start real processes and servers; two busy cores need more than vitest's five seconds.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
