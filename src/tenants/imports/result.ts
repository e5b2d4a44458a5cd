import { createHash } from 'node:crypto'
import type { TenantVault } from '#core/vault.ts'
import type { ImportPlan, RowOutcome } from './kind.ts'
import type { Problem, ProblemList } from './problems.ts'

/** What a dry run found, as its page shows it. */
export interface ImportResult {
  readonly problems: readonly Problem[]
  /** The first rows that would be added, and the first that would change. */
  readonly added: readonly RowOutcome[]
  readonly changed: readonly RowOutcome[]
  readonly news: ImportPlan['news']
  readonly absent: ImportPlan['absent']
  /** Of all that would be done: what is carried out is what was confirmed, or nothing. */
  readonly fingerprint: string
}

/** Rows by what becomes of them. */
export interface Counts {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly problems: number
}

const ADDED_SHOWN = 10
const CHANGED_SHOWN = 100

export function countsOf({ outcomes }: Pick<ImportPlan, 'outcomes'>, problems: ProblemList): Counts {
  const count = (outcome: RowOutcome['outcome']) => outcomes.filter((one) => one.outcome === outcome).length
  return {
    added: count('new'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    problems: problems.count,
  }
}

export function resultOf(plan: ImportPlan, problems: ProblemList): ImportResult {
  const { outcomes, news, absent } = plan
  return {
    problems: problems.kept,
    added: outcomes.filter(({ outcome }) => outcome === 'new').slice(0, ADDED_SHOWN),
    changed: outcomes.filter(({ outcome }) => outcome === 'changed').slice(0, CHANGED_SHOWN),
    news: news.slice(0, CHANGED_SHOWN),
    absent,
    fingerprint: fingerprintOf(plan),
  }
}

/** Equal for two plans that do the same, whatever else happens in the register. */
export function fingerprintOf({ outcomes, news }: Pick<ImportPlan, 'outcomes' | 'news'>): string {
  const hash = createHash('sha256')
  for (const one of outcomes) hash.update(`${JSON.stringify(one)}\n`)
  return hash.update(JSON.stringify(news)).digest('hex')
}

/** Seals and opens what lies in an import's row, each under a name of its own. */
export function sealedIn(keys: TenantVault, importId: string) {
  const place = (what: string) => `import/${importId}/${what}`
  return {
    seal: (what: string, value: unknown) => keys.sealFile(place(what), Buffer.from(JSON.stringify(value))),
    open: (what: string, sealed: Uint8Array): unknown =>
      JSON.parse(keys.openFile(place(what), sealed).toString('utf8')),
    sealFile: (bytes: Uint8Array) => keys.sealFile(place('file'), bytes),
    openFile: (sealed: Uint8Array) => keys.openFile(place('file'), sealed),
  }
}
