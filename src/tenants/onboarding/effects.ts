import { sql } from 'kysely'
import { formatDate, romeDate, startOfRomeDay } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import type { Language } from '#core/i18n.ts'
import { formatMoney } from '#core/money.ts'
import type { Policies } from '#core/tenant.ts'

/** What a change of a rule would do, as a sentence under `onboarding.effect.<key>`. */
export interface Effect {
  /** The rule that does it. */
  readonly policy: keyof Policies
  readonly key: string
  readonly values: Readonly<Record<string, string | number>>
  /** Whether people lose something by it. */
  readonly warns: boolean
}

interface Asked {
  readonly tx: Tx
  readonly tenantId: string
  readonly before: Policies
  readonly after: Policies
  readonly now: Date
  readonly language: Language
}

type Preview = (asked: Asked) => Promise<Omit<Effect, 'policy'>[]>

/** One preview a rule; a rule without one changes nothing for who is here already. */
const PREVIEWS: Readonly<Partial<Record<keyof Policies, Preview>>> = {
  passwordLoginUntil: passwordEnd,
  pagopaOnlyFrom: tillEnd,
  minimumCents: amountsThatNoLongerFit,
  maximumCents: amountsThatNoLongerFit,
  lowCreditMeals: belowThreshold,
  latePaymentAllowed: expiredNotices,
  noticeValidityDays: openNotices,
  receiptCopyDelayDays: waitingCopies,
  staffIdentitySignIn: staffSignIn,
  languages: readersOfOtherLanguages,
}

/** What the changed rules would do to the people and payments that are there now: real counts, nothing written. */
export async function effectsOf(
  db: Db,
  tenantId: string,
  { before, after, language }: { before: Policies; after: Policies; language: Language },
  now: Date,
): Promise<Effect[]> {
  const changed = (Object.keys(after) as (keyof Policies)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  )
  return inTenant(db, tenantId, async (tx) => {
    const effects: Effect[] = []
    for (const policy of changed) {
      // Both ends of the amounts are one sentence.
      if (policy === 'maximumCents' && changed.includes('minimumCents')) continue
      const asked = { tx, tenantId, before, after, now, language }
      for (const effect of (await PREVIEWS[policy]?.(asked)) ?? []) effects.push({ policy, ...effect })
    }
    return effects
  })
}

/** Guardians with a password, and those of them who have never come in with SPID or CIE. */
async function passwordEnd({ tx, tenantId, after, now, language }: Asked) {
  const { rows } = await sql<{ accounts: bigint; unlinked: bigint; sessions: bigint }>`
    select count(*) as accounts, count(*) filter (where a.identity_linked_at is null) as unlinked,
      (select count(*) from sessions s where s.tenant_id = ${tenantId} and s.method = 'password'
        and s.face <> 'office' and s.expires_at > ${now}) as sessions
    from passwords p join accounts a on a.tenant_id = p.tenant_id and a.id = p.account_id
    where p.tenant_id = ${tenantId} and a.kind = 'guardian' and a.disabled_at is null`.execute(tx)
  const until = after.passwordLoginUntil
  if (until === null) return [effect('password_open', {})]
  const { accounts, unlinked, sessions } = rows[0]!
  const counts = { accounts: Number(accounts), unlinked: Number(unlinked) }
  const day = formatDate(until, language)
  if (until < romeDate(now))
    return [effect('password_closed', { ...counts, sessions: Number(sessions), day }, accounts > 0n)]
  return [effect('password_until', { ...counts, day }, unlinked > 0n)]
}

/** Top-ups that the office has recorded at its till: from the day on they are refused. */
async function tillEnd({ tx, tenantId, after, now, language }: Asked) {
  const from = after.pagopaOnlyFrom
  if (from === null) return [effect('till_open', {})]
  const monthAgo = new Date(now.getTime() - 30 * 86_400_000)
  const { rows } = await sql<{ later: bigint; recent: bigint }>`
    select count(*) filter (where occurred_at >= ${startOfRomeDay(from)}) as later,
      count(*) filter (where occurred_at >= ${monthAgo}) as recent
    from ledger_transactions where tenant_id = ${tenantId} and kind = 'till'`.execute(tx)
  const { later, recent } = rows[0]!
  const values = { day: formatDate(from, language), recent: Number(recent) }
  return [
    effect(from <= romeDate(now) ? 'till_closed' : 'till_until', values, recent > 0n),
    ...(later > 0n ? [effect('till_later', { later: Number(later) }, true)] : []),
  ]
}

/** Top-ups of the last year that the new limits would have refused. */
async function amountsThatNoLongerFit({ tx, tenantId, after, now, language }: Asked) {
  const yearAgo = new Date(now.getTime() - 365 * 86_400_000)
  const { rows } = await sql<{ below: bigint; above: bigint; all: bigint }>`
    select count(*) filter (where amount_cents < ${after.minimumCents}) as below,
      count(*) filter (where amount_cents > ${after.maximumCents}) as above, count(*) as all
    from top_ups where tenant_id = ${tenantId} and created_at >= ${yearAgo}`.execute(tx)
  const { below, above, all } = rows[0]!
  const values = {
    below: Number(below),
    above: Number(above),
    all: Number(all),
    minimum: formatMoney(BigInt(after.minimumCents), language),
    maximum: formatMoney(BigInt(after.maximumCents), language),
  }
  return [effect('amounts', values, below + above > 0n)]
}

/** Children whose credit is worth fewer meals than the threshold, before and after. */
async function belowThreshold({ tx, tenantId, before, after }: Asked) {
  const { rows } = await sql<{ was: bigint; will: bigint }>`
    select count(distinct w.child_id) filter (where w.balance_cents < ${before.lowCreditMeals} * e.tariff_cents) as was,
      count(distinct w.child_id) filter (where w.balance_cents < ${after.lowCreditMeals} * e.tariff_cents) as will
    from wallets w
    join lateral (
      select tariff_cents from enrolments e
      where e.tenant_id = w.tenant_id and e.child_id = w.child_id and e.category = w.category
      order by e.school_year desc limit 1
    ) e on e.tariff_cents > 0
    where w.tenant_id = ${tenantId} and w.state = 'active'`.execute(tx)
  const { was, will } = rows[0]!
  return [
    effect('low_credit', { meals: after.lowCreditMeals, was: Number(was), will: Number(will) }, will > was),
  ]
}

async function expiredNotices({ tx, tenantId, after, now }: Asked) {
  const { rows } = await sql<{ expired: bigint }>`
    select count(*) as expired from top_ups
    where tenant_id = ${tenantId} and (state = 'expired' or (state = 'open' and expires_at <= ${now}))`.execute(
    tx,
  )
  const expired = Number(rows[0]!.expired)
  return [effect(after.latePaymentAllowed ? 'late_allowed' : 'late_refused', { expired })]
}

async function openNotices({ tx, tenantId, after, now }: Asked) {
  const { rows } = await sql<{ open: bigint }>`
    select count(*) as open from top_ups
    where tenant_id = ${tenantId} and state = 'open' and expires_at > ${now}`.execute(tx)
  return [effect('notice_days', { open: Number(rows[0]!.open), days: after.noticeValidityDays })]
}

async function waitingCopies({ tx, tenantId, after, now }: Asked) {
  const { rows } = await sql<{ waiting: bigint }>`
    select count(*) as waiting from receipts
    where tenant_id = ${tenantId} and outcome = 'OK' and copy_available_on > ${romeDate(now)}`.execute(tx)
  return [effect('copy_delay', { waiting: Number(rows[0]!.waiting), days: after.receiptCopyDelayDays })]
}

/** Colleagues who could come in with SPID or CIE: those whose fiscal code the entity knows. */
async function staffSignIn({ tx, tenantId, after }: Asked) {
  const { rows } = await sql<{ staff: bigint; known: bigint }>`
    select count(*) as staff, count(fiscal_code_hash) as known from accounts
    where tenant_id = ${tenantId} and kind = 'staff' and disabled_at is null`.execute(tx)
  const values = { staff: Number(rows[0]!.staff), known: Number(rows[0]!.known) }
  return [effect(after.staffIdentitySignIn ? 'staff_identity' : 'staff_no_identity', values)]
}

/** Families that read in a language which is not offered any more. */
async function readersOfOtherLanguages({ tx, tenantId, after }: Asked) {
  const { rows } = await sql<{ readers: bigint }>`
    select count(*) as readers from accounts
    where tenant_id = ${tenantId} and kind = 'guardian' and disabled_at is null
      and language <> all (${after.languages})`.execute(tx)
  const readers = Number(rows[0]!.readers)
  return readers > 0 ? [effect('languages', { readers }, true)] : []
}

function effect(key: string, values: Effect['values'], warns = false): Omit<Effect, 'policy'> {
  return { key, values, warns }
}
