import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { removeKept } from '../support/process.ts'

const copy = mkdtempSync(join(tmpdir(), 'borsellino-channel-'))
afterAll(() => {
  rmSync(copy, { recursive: true, force: true })
  // Its own tests ran on a database of the copy's.
  removeKept(join(copy, '.data/test-0'))
})

const run = (command: string, ...args: string[]) =>
  execFileSync(process.execPath, [command, ...args], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })

test('a new channel is one command, and keeps the contract and the rules of the house as it is', () => {
  const needed = [
    'src',
    'sandbox',
    'scripts',
    'test',
    'bench',
    'templates',
    'locales',
    'migrations',
    'public',
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
    '.oxlintrc.json',
    '.oxfmtrc.json',
  ]
  for (const path of needed) cpSync(path, join(copy, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  run('scripts/new-channel.ts', 'banca-app')
  expect(readFileSync(join(copy, 'src/channels/index.ts'), 'utf8')).toContain(
    "import { bancaApp } from './banca-app/channel.ts'",
  )
  expect(run('node_modules/.bin/tsc', '--noEmit')).toBe('')
  const report = run(
    'node_modules/.bin/vitest',
    'run',
    'test/channels/contract.test.ts',
    'test/architecture.test.ts',
    'src/channels/banca-app',
    '-t',
    'banca-app|channel’s folder|no day at all',
  )
  expect(report).toMatch(/Test Files\s+3 passed/)
  expect(Number(/Tests\s+(\d+) passed/.exec(report)?.[1])).toBeGreaterThan(12)
  expect(() => run('scripts/new-channel.ts', 'banca-app')).toThrow(/is there already/)
}, 180_000)
