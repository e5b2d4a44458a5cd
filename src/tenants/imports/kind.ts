import type { RomeDate } from '#core/clock.ts'
import type { Tx } from '#core/db/tenant.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import type { TenantVault } from '#core/vault.ts'
import type { StaffRole } from '../people/guardians.ts'
import type { MappedRow } from './mapping.ts'
import type { ProblemList } from './problems.ts'

/** What imports need of the house. */
export type ImportServices = Pick<Services, 'db' | 'vault' | 'clock' | 'tenants' | 'log' | 'nudge'>

/** A column that a kind understands. Its words for people are `imports.column.<key>` and `imports.column.<key>.hint`. */
export interface ImportColumn {
  readonly key: string
  /** Without it a file of this kind cannot be read. */
  readonly required?: boolean
  /** Its values tell of a person: a list of mistakes never repeats them. */
  readonly personal?: boolean
  /** How files call it, in Italian and English; compared without case, accents, blanks and punctuation. */
  readonly names: readonly string[]
  /** What stands in it in the two invented rows of the template. */
  readonly examples: readonly [string, string]
}

/** What is typed or chosen beside a file. */
export interface ImportOptions {
  /** `2026/2027` */
  readonly schoolYear?: string
  /** Schools that the file names and the register does not have are made. */
  readonly createSchools?: boolean
  /** The day from which something holds. */
  readonly day?: RomeDate
}

/** One thing that is another one in the file: the texts are people's own, `what` is `imports.change.<what>`. */
export interface Change {
  readonly what: string
  readonly before: string
  readonly after: string
}

export type Outcome = 'new' | 'changed' | 'unchanged'

/** What becomes of a row. */
export interface RowOutcome {
  readonly row: number
  readonly outcome: Outcome
  /** Whom or what it is about, for people. */
  readonly about: string
  readonly changes: readonly Change[]
}

/** What a file would do to the register as it is now. */
export interface ImportPlan {
  readonly outcomes: readonly RowOutcome[]
  /** What is made by the way: schools, classes. `what` is `imports.news.<what>`. */
  readonly news: readonly { readonly what: string; readonly name: string }[]
  /** What the register has and the file has not: it stays as it is. Only the first are named. */
  readonly absent: { readonly count: number; readonly names: readonly string[] }
  /** Does it, in the transaction of the plan. `tell` is told how much of the writing is done, from 0 to 1. */
  write(tell: (part: number) => Promise<void>): Promise<void>
}

/** What a kind is given to make a plan with. */
export interface PlanContext {
  readonly tx: Tx
  readonly tenant: Tenant
  readonly keys: TenantVault
  readonly now: Date
  /** Who handed the file in. */
  readonly by: { readonly accountId: string; readonly role: StaffRole }
  /** Of the file, in hexadecimal: the same file has the same, whoever hands it in. */
  readonly sha256: string
  readonly options: ImportOptions
  readonly rows: readonly MappedRow[]
  readonly problems: ProblemList
  /** True in the transaction that writes: what the plan rests on is locked until it ends. */
  readonly isWriting: boolean
  /** Lets others have their turn, now and then. */
  turn(): Promise<void>
}

/** Something that files can bring: how it is read, compared with the register, and written. */
export interface ImportKind {
  /** Stable: rows remember it. */
  readonly id: string
  /** How addresses call it. */
  readonly slug: string
  readonly columns: readonly ImportColumn[]
  readonly options: readonly (keyof ImportOptions)[]
  /** Who hands such a file in. */
  readonly roles: readonly StaffRole[]
  /** Money: totals are typed beforehand, in euro from this column, and a second person approves. */
  readonly controlColumn?: string
  /** Refuses to take such a file in any more. @throws DomainError that tells why */
  assertOpen?(tenant: Tenant, today: RomeDate): void
  /**
   * Compares the rows with the register. Whatever is wrong goes to `problems`; then the plan is never carried out.
   */
  plan(context: PlanContext): Promise<ImportPlan>
}

/** Who may approve what another person handed in. */
export const APPROVERS: readonly StaffRole[] = ['administrator', 'accountant']
