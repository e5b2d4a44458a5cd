import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { formatDate, formatDateTime } from '../core/clock.ts'
import { DomainError, UpstreamError } from '../core/errors.ts'
import { idFrom } from '../core/ids.ts'
import { formatMoney } from '../core/money.ts'
import { importBankStatement } from '../core/reconciliation/bank.ts'
import { BankFileError } from '../core/reconciliation/bank-file.ts'
import { listFlows } from '../core/reconciliation/read.ts'
import {
  acceptDifference,
  listDifferences,
  type Difference,
} from '../core/reconciliation/read-differences.ts'
import { pullAndReconcile } from '../core/reconciliation/reconciliation-jobs.ts'
import { reconciliationSummary } from '../core/reconciliation/summary.ts'
import type { Tenant } from '../core/tenant.ts'
import type { House } from '../house.ts'
import { withHouse, type Command, type Environment } from './command.ts'

export const reconciliationCommands: readonly Command[] = [
  {
    name: 'reconciliation pull',
    usage: '<slug>',
    purpose: 'reads the flows published for an entity and reconciles it; the worker does so every morning',
    run: ([slug], environment) => withTenant(environment, slug, pull),
  },
  {
    name: 'reconciliation status',
    usage: '<slug>',
    purpose: 'shows the flows, what does not agree, what is awaited from pagoPA, and the receipts asked for',
    run: ([slug], environment) => withTenant(environment, slug, showStatus),
  },
  {
    name: 'reconciliation bank',
    usage: '<slug> <file.csv>',
    purpose: 'takes in the movements of the bank account, all or nothing; the same file twice adds nothing',
    run: ([slug, path], environment) => takeStatement(environment, slug, path),
  },
  {
    name: 'reconciliation accept',
    usage: '<slug> <difference> <note>',
    purpose: 'closes a difference that may stay as it is, with the reason',
    run: ([slug, difference, ...words], environment) =>
      withTenant(environment, slug, async ({ services }, tenant) => {
        const accepted = { accountId: null, note: words.join(' ') }
        await acceptDifference(services.db, tenant.id, idFrom(difference), accepted, services.clock.now())
        console.log('Accepted.')
        return 0
      }),
  },
]

async function withTenant(
  environment: Environment,
  slug: string | undefined,
  work: (house: House, tenant: Tenant) => Promise<number>,
): Promise<number> {
  if (!slug) {
    console.error('Say which entity: npm run cli -- tenant list')
    return 1
  }
  return withHouse(environment, async (house) => {
    const tenant = await house.registry.bySlug(slug)
    if (!tenant) {
      console.error(`No entity ${slug} here.`)
      return 1
    }
    return work(house, tenant)
  })
}

async function pull({ services, sources }: House, tenant: Tenant): Promise<number> {
  try {
    const outcome = await pullAndReconcile(services, sources, tenant.id)
    console.log(
      `${outcome.listed} flows listed, ${outcome.completed} new, ${outcome.failed} failed; ` +
        `${formatMoney(outcome.settledCents)} settled.`,
    )
    return outcome.failed === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    console.error(`${error.message}. What is here was reconciled all the same.`)
    return 1
  }
}

const SHOWN = 20

async function showStatus({ services }: House, tenant: Tenant): Promise<number> {
  const { db } = services
  const summary = await reconciliationSummary(db, tenant.id)
  const pulled = summary.pulledAt ? formatDateTime(summary.pulledAt) : 'never'
  console.log(`${tenant.name}: flows read ${pulled}, ${summary.currentFlows} current.`)
  console.log(`  awaited from pagoPA  ${formatMoney(summary.awaitedCents)}`)
  console.log(`  settled in the bank  ${formatMoney(summary.settledCents)}`)
  const { wanted, givenUp } = summary.recoveries
  console.log(`  missing receipts     ${wanted} asked for, ${givenUp} given up`)
  const flows = await listFlows(db, tenant.id, { limit: SHOWN })
  for (const flow of flows.items) {
    const bank = flow.bankCents === undefined ? 'not in the bank' : `bank ${formatMoney(flow.bankCents)}`
    console.log(
      `  flow ${flow.flowId} of ${formatDate(flow.regulationDate)}, ${flow.pspName}, revision ${flow.revision} ` +
        `(${flow.state}): ${flow.linesCount} lines, ${formatMoney(flow.linesCents)}, ${bank}`,
    )
  }
  if (flows.next) console.log('  …')
  const differences = await listDifferences(db, tenant.id, { state: 'open', limit: SHOWN })
  for (const difference of differences.items) console.log(`  ${describe(difference)}`)
  if (differences.next) console.log(`  … ${summary.openTotal} in all`)
  if (summary.openTotal === 0) console.log('  Everything agrees.')
  return 0
}

function describe({
  id,
  kind,
  expectedCents,
  foundCents,
  flow,
  line,
  receipt,
  movement,
}: Difference): string {
  const parts = [
    ...(expectedCents === undefined ? [] : [`expected ${formatMoney(expectedCents)}`]),
    ...(foundCents === undefined ? [] : [`found ${formatMoney(foundCents)}`]),
    ...(flow ? [`flow ${flow.flowId}${line ? ` line ${line.index}` : ''}`] : []),
    ...(line?.iuv ? [`IUV ${line.iuv}`] : []),
    ...(receipt ? [`receipt ${receipt.receiptId}`] : []),
    ...(movement ? [`bank ${formatDate(movement.bookedOn)} ${movement.remittance}`] : []),
  ]
  return `${id}  ${kind.padEnd(22)} ${parts.join(', ')}`
}

async function takeStatement(
  environment: Environment,
  slug: string | undefined,
  path: string | undefined,
): Promise<number> {
  if (!path) {
    console.error('Say which file: npm run cli -- reconciliation bank <slug> <file.csv>')
    return 1
  }
  const bytes = await readFile(path)
  return withTenant(environment, slug, async ({ services }, tenant) => {
    try {
      const file = { fileName: basename(path), bytes, accountId: null }
      const imported = await importBankStatement(services.db, tenant.id, file, services.clock.now())
      const repeated = imported.repeated ? ' (this file was here before)' : ''
      console.log(`${imported.movements} movements, ${imported.added} new${repeated}.`)
      console.log(`${formatMoney(imported.settledCents)} settled.`)
      return 0
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      console.error(`Nothing was taken in: ${error.code}`)
      if (error instanceof BankFileError)
        for (const { row, column, problem } of error.problems)
          console.error(`  row ${row}${column === undefined ? '' : `, column ${column}`}: ${problem}`)
      return 1
    }
  })
}
