// Types, lint and format in one go: every finding of all three is shown before it fails.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const steps: readonly [name: string, args: string[]][] = [
  ['types', ['tsc', '--noEmit', '--project', 'tsconfig.json']],
  ['lint', ['oxlint', '--max-warnings', '0']],
  ['format', ['oxfmt', '--check']],
]

const failed = steps.filter(([name, [tool = '', ...args]]) => {
  const result = spawnSync(process.execPath, [join('node_modules', '.bin', tool), ...args], {
    stdio: 'inherit',
  })
  if (result.status !== 0) console.error(`check: ${name} failed`)
  return result.status !== 0
})
if (failed.length > 0) process.exit(1)
console.log('check: types, lint and format are clean')
