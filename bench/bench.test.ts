import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readOptions } from './options.ts'
import type { Outcome } from './row.ts'
import { table } from './table.ts'

function runBench(...args: string[]): Promise<{ code: number | null; output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('run.ts', import.meta.url))
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { output: '', errors: '' }
    child.stdout.on('data', (text: Buffer) => (texts.output += text.toString()))
    child.stderr.on('data', (text: Buffer) => (texts.errors += text.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...texts }))
  })
}

describe('the bench', () => {
  // That every row works is tried by CI beside the tests (.ci/run): together they take more than a minute.
  test('runs a row and prints its ratio', async () => {
    const { code, output, errors } = await runBench('--smoke', '--only', 'P8')
    expect(code, errors).toBe(0)
    expect(output).toMatch(/^PostgreSQL \d+.* cores/)
    const ratios = output.split('\n').filter((line) => /^P\d/.test(line))
    expect(ratios.map((line) => line.split('|')[0]!.trim())).toEqual(['P8'])
    for (const line of ratios) expect(line).toMatch(/\| +\d+\.\d\d +\| [≥≤] [\d.]+ +\| (yes|no) +\| /)
  }, 240_000)

  test('refuses a row that it does not have, and names those it has', async () => {
    const { code, errors } = await runBench('--only', 'P99')
    expect(code).toBe(2)
    expect(errors).toMatch(/No row P99\. Rows: P1, P2, /)
  })

  test('takes rows in either case and several files of the peer ledger', () => {
    expect(readOptions(['--only', 'p1,P2', '--pgledger', 'a.sql,b.sql'], ['P1', 'P2'])).toEqual({
      only: ['P1', 'P2'],
      smoke: false,
      pgledgerFiles: ['a.sql', 'b.sql'],
    })
  })
})

describe('the table', () => {
  const line = (outcome: Outcome | { broke: string }) =>
    table([{ row: { id: 'P0', title: 'speed', goal: { atLeast: 2 } }, outcome }])
      .split('\n')[2]!
      .split('|')
      .map((cell) => cell.trim())
  const metric = { name: 'speed', ours: '3/s', anchor: '2/s' }

  test('tells a goal met from one missed, at either end', () => {
    const met = (ratio: number, goal: { atLeast: number } | { atMost: number }) =>
      line({ metrics: [{ ...metric, ratio, goal }] })[4]
    expect([met(0.9, { atLeast: 0.9 }), met(0.89, { atLeast: 0.9 })]).toEqual(['yes', 'no'])
    expect([met(1.5, { atMost: 1.5 }), met(1.51, { atMost: 1.5 })]).toEqual(['yes', 'no'])
  })

  test('says why a row has no figure, and gives it none', () => {
    expect(line({ notRun: 'no peer' })).toEqual(['P0', 'speed', '-', '≥ 2', '-', 'not run: no peer'])
    expect(line({ broke: 'no such function' }).at(-1)).toBe('broke: no such function')
  })
})
