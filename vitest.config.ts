import { defineConfig } from 'vitest/config'

// oxlint-disable-next-line import/no-default-export -- the runner's own convention
export default defineConfig({
  test: {
    include: ['{src,sandbox,scripts,test,bench}/**/*.test.ts'],
    globalSetup: ['test/support/cluster.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { TZ: process.env.TZ ?? 'America/New_York' },
  },
})
