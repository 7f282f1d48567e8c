import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['test/build-first.ts'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Tests here wait for events of real processes; the limit only ends a test that would hang.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
    maxWorkers: 2,
    reporters: ['default'],
  },
})
