import { randomUUID } from 'node:crypto'
import { PSPS } from '../node/psps.ts'
import type { Collection, Store } from '../state/store.ts'
import { nextBankingDay, romeDate } from '../wire/calendar.ts'
import type { Registry } from '../world/registry.ts'
import { lineCount, sumOf } from './flow.ts'
import type { BankCredit, Flow } from './flow.ts'

/** What a new flow must say; the rest is worked out or made up. Amounts are cents, dates of days are Rome's. */
export interface FlowDraft {
  readonly organizationId: string
  readonly pspId: string
  readonly lines: Flow['lines']
  readonly fdr?: string | undefined
  /** By default one more than the highest of that name; 1 for a new name. */
  readonly revision?: number | undefined
  readonly flowDate?: string | undefined
  readonly published?: string | undefined
  readonly regulation?: string | undefined
  readonly regulationDate?: string | undefined
  readonly totPayments?: number | undefined
  readonly sumCents?: number | undefined
  /** Null for no credit at the bank; by default one of the header's sum, unless this is the same flow once more. */
  readonly bank?: Partial<BankCredit> | null | undefined
}

/** The published flows of all PSPs. */
export class Flows {
  readonly #flows: Collection<Flow>
  readonly #registry: Registry
  readonly #now: () => Date

  constructor(store: Store, registry: Registry, now: () => Date) {
    this.#flows = store.collection<Flow>('fdr-flows', { most: 2_000 })
    this.#registry = registry
    this.#now = now
  }

  /** Every flow, or one creditor's, in the order of publication. */
  all(organizationId?: string): Flow[] {
    const flows = this.#flows.all()
    return organizationId === undefined
      ? flows
      : flows.filter((flow) => flow.organizationId === organizationId)
  }

  /**
   * What a creditor may list: the latest of each name and PSP, published and dated after the given instants, by date.
   * The earlier ones stay readable by their revision. So does the real service.
   */
  listed(wanted: { organizationId: string; pspId?: string; publishedGt: number; flowDate: number }): Flow[] {
    const latest = new Map<string, Flow>()
    for (const flow of this.all(wanted.organizationId)) {
      const key = `${flow.pspId} ${flow.fdr}`
      if (flow.revision >= (latest.get(key)?.revision ?? 0)) latest.set(key, flow)
    }
    return [...latest.values()]
      .filter(
        ({ pspId, published, flowDate }) =>
          (wanted.pspId === undefined || pspId === wanted.pspId) &&
          Date.parse(published) > wanted.publishedGt &&
          Date.parse(flowDate) > wanted.flowDate,
      )
      .toSorted((left, right) => Date.parse(left.flowDate) - Date.parse(right.flowDate))
  }

  /** One flow by its published key; the latest one where an order has published the same key twice. */
  find(key: { organizationId: string; fdr: string; revision?: number; pspId?: string }): Flow | undefined {
    const { organizationId, fdr, revision, pspId } = key
    return this.all(organizationId).findLast(
      (flow) =>
        flow.fdr === fdr &&
        (revision === undefined || flow.revision === revision) &&
        (pspId === undefined || flow.pspId === pspId),
    )
  }

  /** Publishes a flow, and with it the credit at the creditor's bank. */
  publish(draft: FlowDraft): Flow {
    const { organizationId, pspId, lines } = draft
    const now = this.#now()
    const flowDate = draft.flowDate ?? now.toISOString()
    const day = romeDate(new Date(flowDate))
    const fdr = draft.fdr ?? this.#newName(pspId, day)
    const namesakes = this.all(organizationId).filter((flow) => flow.fdr === fdr && flow.pspId === pspId)
    const isRepeated = namesakes.some((flow) => romeDate(new Date(flow.flowDate)) === day)
    const computedTotPayments = lineCount(lines)
    const computedSumCents = sumOf(lines)
    const sumCents = draft.sumCents ?? computedSumCents
    const regulationDate = draft.regulationDate ?? nextBankingDay(new Date(flowDate))
    const hasCredit = draft.bank === undefined ? !isRepeated : draft.bank !== null
    return this.#flows.put({
      id: randomUUID(),
      createdAt: now.toISOString(),
      fdr,
      revision: draft.revision ?? Math.max(0, ...namesakes.map((flow) => flow.revision)) + 1,
      organizationId,
      organizationName: this.#registry.withFiscalCode(organizationId)[0]?.companyName ?? organizationId,
      pspId,
      pspName: PSPS.find((psp) => psp.id === pspId)?.name ?? `PSP ${pspId}`,
      flowDate,
      published: draft.published ?? now.toISOString(),
      regulation: draft.regulation ?? `TRN${randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase()}`,
      regulationDate,
      totPayments: draft.totPayments ?? computedTotPayments,
      sumCents,
      computedTotPayments,
      computedSumCents,
      lines,
      bank: hasCredit
        ? {
            amountCents: draft.bank?.amountCents ?? sumCents,
            date: draft.bank?.date ?? regulationDate,
            text: draft.bank?.text ?? this.#bankText(organizationId, fdr),
          }
        : null,
    })
  }

  #newName(pspId: string, day: string): string {
    const count = this.#flows.all().filter((flow) => flow.pspId === pspId).length
    return `${day}${pspId}-${String(count + 1).padStart(7, '0')}`.slice(-35)
  }

  /** The text of a cumulative credit as banks hand it on: some mangle the slashes, some number the text. */
  #bankText(organizationId: string, fdr: string): string {
    const texts = [
      `/PUR/LGPE-RIVERSAMENTO/URI/${fdr}`,
      ` PUR LGPE-RIVERSAMENTO URI ${fdr}`,
      `/PUR/LGPE-RIVERSAMENTO/TXT/1/URI/${fdr}`,
    ]
    const count = this.all(organizationId).filter((flow) => flow.bank !== null).length
    return texts[count % texts.length]!
  }
}
