import { sql } from 'kysely'
import { startOfRomeDay } from '#core/clock.ts'
import { newId } from '#core/ids.ts'
import { formatMoney } from '#core/money.ts'
import { readCents } from '#core/reconciliation/bank-columns.ts'
import { cellsOf } from './cells.ts'
import { inChunks } from './chunks.ts'
import type { ImportColumn, ImportKind, PlanContext, RowOutcome } from './kind.ts'
import { findNamedChild, NAMED_CHILD_COLUMNS, SERVICE_COLUMN } from './named-children.ts'
import { readRegistry } from './registry.ts'
import { readWallets } from './wallets-register.ts'

const COLUMNS: readonly ImportColumn[] = [
  ...NAMED_CHILD_COLUMNS,
  SERVICE_COLUMN,
  {
    key: 'amount',
    required: true,
    // What a family owes or is owed is told of that family.
    personal: true,
    names: [
      'saldo',
      'saldoiniziale',
      'credito',
      'importo',
      'residuo',
      'balance',
      'openingbalance',
      'amount',
      'credit',
    ],
    examples: ['37,50', '12,00'],
  },
]

/** A balance that is to be booked. */
interface Opening {
  readonly walletId: string
  readonly amountCents: bigint
  readonly reference: string
}

/**
 * The credit that families bring from the entity's old books: one ledger transaction a wallet. Its reference names the
 * file and the child, and a wallet takes one opening balance, so that nothing is booked twice over two imports.
 */
export const openingBalancesImport: ImportKind = {
  id: 'opening-balances',
  slug: 'saldi',
  columns: COLUMNS,
  options: ['day'],
  roles: ['administrator', 'clerk', 'accountant'],
  controlColumn: 'amount',
  async plan(context) {
    const { tx, tenant, options, now } = context
    const { outcomes, openings } = await compare(context)
    const occurredAt = startOfRomeDay(options.day!)
    return {
      outcomes,
      news: [],
      absent: { count: 0, names: [] },
      write: (tell) =>
        inChunks(
          [
            {
              items: openings,
              statement: (items) => {
                const rows = items as readonly Opening[]
                return sql`
                  select ledger_open_balance(${tenant.id}, o.id, o.wallet_id, o.amount, o.reference, ${occurredAt}, ${now}) as x
                  from unnest(${rows.map(() => newId())}::uuid[], ${rows.map(({ walletId }) => walletId)}::uuid[],
                    ${rows.map(({ amountCents }) => amountCents.toString())}::bigint[],
                    ${rows.map(({ reference }) => reference)}::text[]) as o (id, wallet_id, amount, reference)`
              },
            },
          ],
          (statement) => statement.execute(tx),
          tell,
        ),
    }
  },
}

async function compare(context: PlanContext): Promise<{ outcomes: RowOutcome[]; openings: Opening[] }> {
  const { tx, tenant, keys, rows, problems, sha256, isWriting, turn } = context
  const registry = await readRegistry(tx, tenant.id, false)
  const wallets = await readWallets(tx, tenant.id, keys, rows, isWriting)
  const outcomes: RowOutcome[] = []
  const openings: Opening[] = []
  const rowOf = new Map<string, number>()
  for (const [index, row] of rows.entries()) {
    if (index % 500 === 499) await turn()
    const cells = cellsOf(row, problems)
    const before = problems.count
    const child = findNamedChild(cells, row, wallets)
    const category = registry.categoryOf(row.cell('service'))
    if (category === undefined)
      cells.wrong('service', row.cell('service') === '' ? 'required' : 'unknown-service')
    const amountCents = readCents(row.cell('amount'))
    if (amountCents === undefined) cells.wrong('amount', row.cell('amount') === '' ? 'required' : 'amount')
    else if (amountCents > BALANCE_MAX || amountCents < -BALANCE_MAX) cells.wrong('amount', 'amount-range')
    const wallet = category === undefined ? undefined : child?.wallets.get(category)
    if (child && category !== undefined && !wallet) cells.wrong('service', 'no-wallet')
    if (!child || !wallet || amountCents === undefined || problems.count > before) continue
    const twice = rowOf.get(wallet.id)
    if (twice !== undefined) cells.wrong(null, 'twice', twice)
    rowOf.set(wallet.id, row.row)
    const reference = `import:${sha256.slice(0, 32)}:${child.id}:${category!}`
    const isBooked = amountCents === 0n || wallet.opened === amountCents || wallets.references.has(reference)
    if (!isBooked && wallet.opened !== undefined) cells.wrong('amount', 'balance-there')
    if (!isBooked) openings.push({ walletId: wallet.id, amountCents, reference })
    const after = formatMoney(amountCents)
    outcomes.push({
      row: row.row,
      outcome: isBooked ? 'unchanged' : 'new',
      about: `${child.lastName} ${child.firstName}, ${registry.labelOf(category!)}`,
      changes: isBooked ? [] : [{ what: 'balance', before: '', after }],
    })
  }
  return { outcomes, openings }
}

/** No family has ten thousand euro for meals on account. */
const BALANCE_MAX = 1_000_000n
