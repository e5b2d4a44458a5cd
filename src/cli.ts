import { parseArgs } from 'node:util'
import { commands } from './cli/commands.ts'
import { ConfigError } from './core/config.ts'
import { DomainError } from './core/errors.ts'
import { z } from 'zod'

/** The operator's commands: `npm run cli -- <words> [--options]`. */
async function main(): Promise<number> {
  const { positionals } = parseArgs({ args: process.argv.slice(2), strict: false, allowPositionals: true })
  const words = positionals.join(' ')
  const found = commands.find(({ name }) => words === name || words.startsWith(`${name} `))
  if (!found) {
    console.log(help())
    return words === '' || words === 'help' ? 0 : 1
  }
  const skipped = found.name.split(' ').length
  const args = dropWords(process.argv.slice(2), skipped)
  return (await found.run(args, process.env)) ?? 0
}

/** The command's own words go; what follows are its options and values. */
function dropWords(args: readonly string[], count: number): string[] {
  let left = count
  return args.filter((word) => word.startsWith('-') || left-- <= 0)
}

function help(): string {
  const lines = commands.map(({ name, usage, purpose }) => `  ${`${name} ${usage}`.trim()}\n      ${purpose}`)
  return `Usage: npm run cli -- <command>\n\n${lines.join('\n')}\n`
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  if (error instanceof z.ZodError) return z.prettifyError(error)
  if (error instanceof DomainError) return `${error.code} ${Object.values(error.details).join(' ')}`.trim()
  return error instanceof Error ? (error.stack ?? error.message) : 'unknown error'
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(explain(error))
    process.exit(1)
  },
)
