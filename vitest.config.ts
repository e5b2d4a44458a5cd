import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

// oxlint-disable-next-line import/no-default-export -- the runner's own convention
export default defineConfig({
  test: {
    include: ['{src,sandbox,scripts,test,bench}/**/*.test.ts'],
    globalSetup: ['test/support/cluster.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Each worker reads the house's modules once, not once a file: they keep nothing that one test could leave another.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    env: { TZ: process.env.TZ ?? 'America/New_York' },
  },
})
