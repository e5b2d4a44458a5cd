import { z } from 'zod'
import type { Collection, Store, StoredRecord } from '../state/store.ts'
import { RequestError } from '../web/request.ts'
import { personalCode } from '../world/registry.ts'
import type { Creditor, Registry } from '../world/registry.ts'
import type { Citizen } from './person.ts'

/** People whom no entity knows yet. They exist in no registry office: Z999 is nobody's place of birth. */
const BUILT_IN: readonly Citizen[] = [
  citizen('NVUNRO85D52Z999B', 'Nora', 'Nuova', 'Nessun ente la conosce'),
  citizen('PCCPTR12H15Z999J', 'Pietro', 'Piccoli', 'Minorenne, nato nel 2012'),
  citizen('NZNBRT48C48Z999G', 'Berta', 'Anziani', 'Nonna Berta: nessun ente la conosce'),
  citizen('MCDMRO79S21Z9VVW', 'Omar', 'Omocodi', 'Codice fiscale con lettere al posto di cifre'),
]

const name = z.string().trim().min(1).max(120)

/** Somebody new, as the JSON API takes them. */
export const citizenSchema = z.strictObject({
  fiscalCode: personalCode,
  firstName: name,
  lastName: name,
  email: z.email().optional(),
  note: z.string().max(140).optional(),
})

interface KeptCitizen extends StoredRecord, Citizen {}

/** Everybody who can sign in: built in, introduced with a creditor, or added. */
export class Citizens {
  readonly #added: Collection<KeptCitizen>
  readonly #registry: Registry
  readonly #now: () => Date

  constructor(store: Store, registry: Registry, now: () => Date) {
    this.#added = store.collection<KeptCitizen>('citizens', { most: 5_000 })
    this.#registry = registry
    this.#now = now
  }

  /** One entry a fiscal code; who belongs to several entities has them all in the note. */
  all(): Citizen[] {
    const found = new Map<string, Citizen>()
    for (const one of [...this.#registry.all().flatMap(citizensOf), ...BUILT_IN, ...this.#added.all()]) {
      const { fiscalCode, firstName, lastName, email } = one
      const known = found.get(fiscalCode)
      const note = known ? `${known.note}; ${one.note}` : one.note
      found.set(fiscalCode, { fiscalCode, firstName, lastName, email, note })
    }
    return [...found.values()]
  }

  /** @throws RequestError 404 */
  find(fiscalCode: string): Citizen {
    const found = this.all().find((one) => one.fiscalCode === fiscalCode)
    if (found) return found
    throw new RequestError(404, 'Persona sconosciuta', 'Nessun cittadino di prova ha questo codice fiscale.')
  }

  add(person: z.output<typeof citizenSchema>): Citizen {
    const { fiscalCode, firstName, lastName, email, note = 'Aggiunto da uno script' } = person
    const one = citizen(fiscalCode, firstName, lastName, note, email)
    this.#added.put({ ...one, id: fiscalCode, createdAt: this.#now().toISOString() })
    return one
  }
}

function citizen(
  fiscalCode: string,
  firstName: string,
  lastName: string,
  note: string,
  email?: string,
): Citizen {
  const address = `${firstName}.${lastName}`
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z.]/g, '')
  return { fiscalCode, firstName, lastName, note, email: email ?? `${address}@posta.example` }
}

/** The people of a creditor who have a fiscal code. Without names apart, the first word is the first name. */
function citizensOf({ name: entity, people }: Creditor): Citizen[] {
  return people.flatMap((person) => {
    if (person.fiscalCode === undefined) return []
    const [first = person.name, ...rest] = person.name.split(' ')
    const { firstName = first, lastName = rest.join(' ') || first } = person
    const role = person.role === 'staff' ? 'operatore' : 'genitore'
    return [citizen(person.fiscalCode, firstName, lastName, `${entity}, ${role}`)]
  })
}
