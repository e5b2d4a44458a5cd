import { sql } from 'kysely'
import { formatDate, romeDate, type RomeDate } from '#core/clock.ts'
import type { TillWay } from '#core/db/office-ledger-tables.ts'
import type { Tx } from '#core/db/tenant.ts'
import { newId } from '#core/ids.ts'
import type { TillEntry } from '#core/ledger/till.ts'
import { formatMoney } from '#core/money.ts'
import { assertTillOpen, isTillOpen } from '../books/till-rule.ts'
import { recordTillEntryIn } from '../books/till.ts'
import { cellsOf, type CellReader } from './cells.ts'
import type { ImportColumn, ImportKind, PlanContext, RowOutcome } from './kind.ts'
import { plainHeader } from './mapping.ts'
import { findNamedChild, NAMED_CHILD_COLUMNS, SERVICE_COLUMN } from './named-children.ts'
import { readRegistry } from './registry.ts'
import { readWallets } from './wallets-register.ts'

const COLUMNS: readonly ImportColumn[] = [
  ...NAMED_CHILD_COLUMNS,
  SERVICE_COLUMN,
  {
    key: 'paid_amount',
    required: true,
    // What a family paid is told of that family.
    personal: true,
    names: ['importo', 'importoversato', 'versato', 'pagato', 'euro', 'amount', 'paid', 'amountpaid'],
    examples: ['50,00', '30,00'],
  },
  {
    key: 'paid_on',
    required: true,
    names: ['data', 'datapagamento', 'dataversamento', 'giorno', 'pagatoil', 'date', 'paidon', 'paymentdate'],
    examples: ['20/11/2026', '23/11/2026'],
  },
  {
    key: 'paid_way',
    required: true,
    names: ['modo', 'modalita', 'modalitadipagamento', 'mezzo', 'tipo', 'way', 'method', 'paymentmethod'],
    examples: ['cassa', 'bollettino'],
  },
  {
    key: 'slip',
    required: true,
    names: [
      'ricevuta',
      'numeroricevuta',
      'nricevuta',
      'numero',
      'riferimento',
      'slip',
      'receipt',
      'reference',
    ],
    examples: ['12/2026', '13/2026'],
  },
  {
    key: 'paid_note',
    names: ['nota', 'note', 'annotazioni', 'causale', 'remark'],
    examples: ['', ''],
  },
]

const WAYS: readonly [TillWay, RegExp][] = [
  ['cash-desk', /^(cassa|cassadellente|contanti|contante|sportello|pos|cash|cashdesk|desk)$/],
  ['postal-slip', /^(bollettino|bollettinopostale|posta|ccp|contocorrentepostale|postalslip)$/],
  ['bank-transfer', /^(bonifico|bonificobancario|banca|transfer|banktransfer)$/],
  ['other', /^(altro|other)$/],
]

/** What is paid at once for one child's meals. */
const AMOUNT_MAX = 1_000_000n
const SLIP_MAX = 40
const NOTE_MAX = 200

/**
 * What families paid at the entity's own desk, each row once by the number of its paper, as long as the desk is open:
 * until the day before `pagopaOnlyFrom`, by the day on which it is recorded.
 */
export const tillImport: ImportKind = {
  id: 'till',
  slug: 'versamenti',
  columns: COLUMNS,
  options: [],
  roles: ['administrator', 'clerk', 'accountant'],
  controlColumn: 'paid_amount',
  assertOpen: assertTillOpen,
  async plan(context) {
    const { tx, tenant, now, by, problems } = context
    const today = romeDate(now)
    if (!isTillOpen(tenant, today))
      problems.add(null, null, 'till-closed', { value: formatDate(tenant.policies.pagopaOnlyFrom!) })
    const { outcomes, entries } = await compare(context, today)
    return {
      outcomes,
      news: [],
      absent: { count: 0, names: [] },
      async write(tell) {
        for (const [index, entry] of entries.entries()) {
          // A name of its own: the same paper is known by its number, also after the entry was taken back.
          const submission = newId()
          await recordTillEntryIn(tx, tenant, entry, { accountId: by.accountId, submission }, now)
          await tell((index + 1) / entries.length)
        }
      },
    }
  },
}

async function compare(
  { tx, tenant, keys, rows, problems, isWriting, turn }: PlanContext,
  today: RomeDate,
): Promise<{ outcomes: RowOutcome[]; entries: TillEntry[] }> {
  const registry = await readRegistry(tx, tenant.id, false)
  const wallets = await readWallets(tx, tenant.id, keys, rows, isWriting)
  const slips = await readSlips(
    tx,
    tenant.id,
    rows.map((row) => row.cell('slip')),
  )
  const outcomes: RowOutcome[] = []
  const entries: TillEntry[] = []
  const rowOf = new Map<string, number>()
  for (const [index, row] of rows.entries()) {
    if (index % 500 === 499) await turn()
    const cells = cellsOf(row, problems)
    const before = problems.count
    const child = findNamedChild(cells, row, wallets)
    const service = row.cell('service')
    const category = registry.categoryOf(service)
    if (category === undefined) cells.wrong('service', service === '' ? 'required' : 'unknown-service')
    const wallet = category === undefined ? undefined : child?.wallets.get(category)
    if (child && category !== undefined && !wallet) cells.wrong('service', 'no-wallet')
    const paid = readPaid(cells, row.cell, today)
    if (!child || !wallet || !paid || problems.count > before) continue
    const slip = slips(paid.slip)
    const twice = rowOf.get(slip.key)
    if (twice !== undefined) cells.wrong('slip', 'twice', twice)
    rowOf.set(slip.key, row.row)
    const entry = { walletId: wallet.id, ...paid }
    const isKnown = slip.entry !== undefined && isSame(slip.entry, entry)
    if (slip.entry && !isKnown) cells.wrong('slip', 'slip-known')
    if (!slip.entry && wallet.state === 'closed') cells.wrong('service', 'wallet-closed')
    if (!isKnown) entries.push(entry)
    outcomes.push({
      row: row.row,
      outcome: isKnown ? 'unchanged' : 'new',
      about: `${child.lastName} ${child.firstName}, ${registry.labelOf(category!)}, ${paid.slip}`,
      changes: isKnown ? [] : [{ what: 'paid', before: '', after: formatMoney(paid.amountCents) }],
    })
  }
  return { outcomes, entries }
}

function readPaid(
  cells: CellReader,
  told: (key: string) => string,
  today: RomeDate,
): Omit<TillEntry, 'walletId'> | undefined {
  for (const key of ['paid_amount', 'paid_on', 'paid_way']) if (told(key) === '') cells.wrong(key, 'required')
  const amountCents = cells.cents('paid_amount')
  if (amountCents === 0n) cells.wrong('paid_amount', 'nothing-paid')
  if (amountCents !== undefined && amountCents > AMOUNT_MAX) cells.wrong('paid_amount', 'amount-range')
  const paidOn = cells.day('paid_on')
  if (paidOn !== undefined && paidOn > today) cells.wrong('paid_on', 'future-day')
  const word = plainHeader(told('paid_way'))
  const way = WAYS.find(([, words]) => words.test(word))?.[0]
  if (way === undefined && told('paid_way') !== '') cells.wrong('paid_way', 'paid-way')
  const slip = cells.needed('slip', SLIP_MAX)
  if (slip !== '' && !/[a-z0-9]/i.test(slip)) cells.wrong('slip', 'slip')
  const note = cells.text('paid_note', NOTE_MAX)
  if (amountCents === undefined || paidOn === undefined || way === undefined) return undefined
  return { amountCents, paidOn, way, slip, note }
}

type KnownEntry = Pick<TillEntry, 'walletId' | 'way' | 'paidOn'> & { readonly amountCents: bigint }

/** Papers compared as the database does: without blanks and capitals, every sign alike (`ledger_record_till`). */
async function readSlips(
  tx: Tx,
  tenantId: string,
  slips: readonly string[],
): Promise<(slip: string) => { key: string; entry: KnownEntry | undefined }> {
  const asked = [...new Set(slips.map((slip) => slip.slice(0, SLIP_MAX)))]
  const { rows } = await sql<{
    slip: string
    key: string
    wallet_id: string | null
    amount_cents: bigint
    way: TillWay
    paid_on: string
  }>`
    select k.slip, k.key, e.wallet_id, e.amount_cents, e.way, e.paid_on
    from (select s.slip, trim(both '/' from
        regexp_replace(regexp_replace(lower(s.slip), '\\s', '', 'g'), '[^a-z0-9]+', '/', 'g')) as key
      from unnest(${asked}::text[]) as s (slip)) k
    left join till_entries e on e.tenant_id = ${tenantId} and e.slip_key = k.key and e.reversed_at is null`.execute(
    tx,
  )
  const known = new Map(
    rows.map(({ slip, key, wallet_id: walletId, amount_cents: amountCents, way, paid_on: paidOn }) => [
      slip,
      { key, entry: walletId === null ? undefined : { walletId, amountCents, way, paidOn } },
    ]),
  )
  return (slip) => known.get(slip)!
}

function isSame(one: KnownEntry, { walletId, amountCents, way, paidOn }: TillEntry): boolean {
  return (
    one.walletId === walletId && one.amountCents === amountCents && one.way === way && one.paidOn === paidOn
  )
}
