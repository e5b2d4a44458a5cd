import { createHash } from 'node:crypto'
import type { Collection, Store } from '../state/store.ts'
import type { Creditor, Registry } from '../world/registry.ts'
import { positionSchema } from './position.ts'
import type { Position, PositionEvent, PositionRequest, PositionStatus } from './position.ts'

const HISTORY_MOST = 50
const FIELDS = Object.keys(positionSchema.shape) as (keyof PositionRequest)[]

/** ACA refuses; titles and details are those of the published interface. */
export class PositionRefused extends Error {
  readonly status: 404 | 409 | 422
  readonly title: string
  constructor(status: 404 | 409 | 422, title: string, detail: string) {
    super(detail)
    this.status = status
    this.title = title
  }
}

/** The central archive of announced positions, which the Node pays from when a creditor is down (protocol §5). */
export class Positions {
  readonly #positions: Collection<Position>
  readonly #registry: Registry
  readonly #now: () => Date

  constructor(store: Store, registry: Registry, now: () => Date) {
    this.#positions = store.collection<Position>('aca-positions', { most: 20_000 })
    this.#registry = registry
    this.#now = now
  }

  /**
   * Creates, rewrites or closes (amount 0) a position; the same call twice changes nothing.
   * @throws PositionRefused 404 for an unknown creditor; 422 for a creation with amount 0; 409 for a notice of a
   *   station that is not the creditor's, for a change of a closed position and for one paid in stand-in
   */
  announce(request: PositionRequest): Position {
    const { paFiscalCode, iuv, amount } = request
    const nav = request.nav ?? `3${iuv}`
    const creditor = this.#creditorOf(paFiscalCode, iuv, nav)
    const known = this.#positions.get(idOf(paFiscalCode, nav))
    if (!known) {
      if (amount > 0) return this.#put({ ...request, nav }, creditor, undefined, 'VALID', 'created')
      const detail = 'Can not perform the requested action on debit position'
      throw new PositionRefused(422, 'Unprocessable request', detail)
    }
    const action = amount === 0 ? 'invalidate' : 'update'
    if (known.status === 'PAID' || (known.status === 'INVALID' && amount > 0)) {
      const detail = `Error while ${action} debit position conflict into request`
      throw new PositionRefused(409, 'Invocation exception', detail)
    }
    if (known.status === 'INVALID') return this.#remember(known, 'repeated')
    if (amount === 0) return this.#remember({ ...known, status: 'INVALID' }, 'closed')
    const asked = { ...request, nav }
    const isSame = FIELDS.every((field) => known[field] === asked[field])
    return this.#put({ ...request, nav }, creditor, known, 'VALID', isSame ? 'repeated' : 'updated')
  }

  /** Positions that fit, oldest first. */
  find(wanted: { fiscalCode?: string | undefined; noticeNumber?: string | undefined }): Position[] {
    const { fiscalCode, noticeNumber } = wanted
    return this.#positions
      .all()
      .filter(
        (position) =>
          (fiscalCode === undefined || position.paFiscalCode === fiscalCode) &&
          (noticeNumber === undefined || position.nav === noticeNumber),
      )
  }

  /** The position from which the Node may pay this notice in place of its creditor; undefined when there is none. */
  payable(fiscalCode: string, noticeNumber: string): Position | undefined {
    const position = this.#positions.get(idOf(fiscalCode, noticeNumber))
    if (!position || position.status !== 'VALID' || !position.payStandIn) return undefined
    const isOver = Date.parse(position.expirationDate) <= this.#now().getTime()
    return position.switchToExpired && isOver ? undefined : position
  }

  /** Notes that the Node paid it in stand-in: nobody can change or close it any more. */
  markPaid(fiscalCode: string, noticeNumber: string): void {
    const position = this.#positions.get(idOf(fiscalCode, noticeNumber))
    if (position) this.#remember({ ...position, status: 'PAID' }, 'paid in stand-in')
  }

  #creditorOf(fiscalCode: string, iuv: string, nav: string): Creditor {
    const stations = this.#registry.withFiscalCode(fiscalCode)
    if (stations.length === 0) {
      const detail = `No debt position found with Creditor institution code ${fiscalCode} and ${iuv}`
      throw new PositionRefused(404, 'Invocation exception', detail)
    }
    const creditor = this.#registry.ofNotice(fiscalCode, nav)
    if (creditor) return creditor
    throw new PositionRefused(
      409,
      'Unauthorized action',
      `Unauthorized action on debt position with iuv ${iuv}`,
    )
  }

  #put(
    request: PositionRequest & { nav: string },
    creditor: Creditor,
    known: Position | undefined,
    status: PositionStatus,
    action: PositionEvent['action'],
  ): Position {
    const position: Position = {
      ...request,
      id: idOf(request.paFiscalCode, request.nav),
      createdAt: known?.createdAt ?? this.#now().toISOString(),
      companyName: creditor.companyName,
      status,
      history: known?.history ?? [],
    }
    return this.#remember(position, action)
  }

  #remember(position: Position, action: PositionEvent['action']): Position {
    const amountCents = position.status === 'INVALID' ? 0 : position.amount
    const event = { at: this.#now().toISOString(), action, amountCents }
    return this.#positions.put({
      ...position,
      history: [...position.history, event].slice(-HISTORY_MOST),
    })
  }
}

/** A notice number may be any text of 255 characters here: its digest can name a record, it itself cannot. */
function idOf(fiscalCode: string, nav: string): string {
  return createHash('sha256').update(`${fiscalCode}|${nav}`).digest('hex').slice(0, 40)
}
