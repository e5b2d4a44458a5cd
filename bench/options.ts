import { parseArgs } from 'node:util'

export interface Options {
  /** Ids of the rows to run; empty for all. */
  readonly only: readonly string[]
  readonly smoke: boolean
  readonly pgledgerFiles: readonly string[]
}

export const USAGE = `npm run bench -- [--only P2,P8] [--pgledger uuid-to-ulid.sql,pgledger.sql] [--smoke]`

/** @throws Error in words when an option or a row is unknown */
export function readOptions(args: string[], ids: readonly string[]): Options {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string' }, pgledger: { type: 'string' }, smoke: { type: 'boolean' } },
  })
  const only = listOf(values.only).map((id) => id.toUpperCase())
  const unknown = only.filter((id) => !ids.includes(id))
  if (unknown.length > 0) throw new Error(`No row ${unknown.join(', ')}. Rows: ${ids.join(', ')}.`)
  return { only, smoke: values.smoke ?? false, pgledgerFiles: listOf(values.pgledger) }
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').filter((part) => part !== '')
}
