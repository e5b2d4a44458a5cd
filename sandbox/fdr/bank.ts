import type { Collection, Store, StoredRecord } from '../state/store.ts'
import type { Flows } from './flows.ts'

/** A movement on a creditor's account: signed cents, the day in Rome, the bank's text. */
export interface Movement {
  readonly date: string
  readonly amountCents: number
  readonly text: string
}

interface OrderedMovement extends StoredRecord, Movement {
  readonly fiscalCode: string
}

/** The account of each creditor: what the flows brought, what was ordered by hand, and the noise of any account. */
export class Bank {
  readonly #ordered: Collection<OrderedMovement>
  readonly #flows: Flows
  readonly #now: () => Date
  #count = 0

  constructor(store: Store, flows: Flows, now: () => Date) {
    this.#ordered = store.collection<OrderedMovement>('bank-movements', { most: 5_000 })
    this.#flows = flows
    this.#now = now
  }

  /** Adds a movement by hand. */
  add(fiscalCode: string, movement: Movement): void {
    const now = this.#now()
    const id = `${now.getTime()}-${++this.#count}`
    this.#ordered.put({ ...movement, fiscalCode, id, createdAt: now.toISOString() })
  }

  /** All movements of a creditor, by date. */
  movements(fiscalCode: string): Movement[] {
    const credits = this.#flows.all(fiscalCode).flatMap(({ bank, pspName }) =>
      // The sender's name stands before the text, as most banks print it.
      bank ? [{ ...bank, text: `BONIFICO A VOSTRO FAVORE DA ${pspName.toUpperCase()} ${bank.text}` }] : [],
    )
    const ordered = this.#ordered.all().filter((movement) => movement.fiscalCode === fiscalCode)
    return [...credits, ...ordered, ...noise(credits)].toSorted((left, right) =>
      left.date.localeCompare(right.date),
    )
  }
}

/** What has nothing to do with pagoPA: always the same for the same days. */
function noise(credits: readonly Movement[]): Movement[] {
  const days = [...new Set(credits.map(({ date }) => date))].toSorted()
  return days.flatMap((date, index) => [
    { date, amountCents: -(4_310 + index * 7), text: 'ADDEBITO SDD ENERGIA ELETTRICA; UTENZA 0001' },
    ...(index % 2 === 0
      ? [{ date, amountCents: 3_750, text: 'BONIFICO A VOSTRO FAVORE RIMBORSO "SPESE DI SALA"' }]
      : [{ date, amountCents: -1_250, text: 'CANONE MENSILE TENUTA CONTO' }]),
  ])
}

/** Movements as an Italian bank exports them: semicolons, dd/mm/yyyy, decimal comma, CRLF. */
export function bankCsv(movements: readonly Movement[]): string {
  const rows = movements.map(({ date, amountCents, text }) => {
    const day = date.split('-').toReversed().join('/')
    return [day, day, italianAmount(amountCents), quoted(text)].join(';')
  })
  return ['Data contabile;Data valuta;Importo;Causale/Descrizione', ...rows, ''].join('\r\n')
}

function italianAmount(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, '.')
  return `${cents < 0 ? '-' : ''}${whole},${digits.slice(-2)}`
}

function quoted(text: string): string {
  return /[;"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
