import { z } from 'zod'
import type { Collection, Store } from '../state/store.ts'
import { isFiscalCode } from '../wire/fiscal-code.ts'

const fiscalCode = z.string().regex(/^\d{11}$/, 'must be 11 digits')
const segregationCode = z.string().regex(/^\d{2}$/, 'must be 2 digits')
const text = (most: number) => z.string().min(1).max(most)
/** Of a person, with its right last character. */
export const personalCode = z.string().refine(isFiscalCode, 'must be a personal fiscal code')
const httpUrl = z.url({ protocol: /^https?$/ })

/** What a creditor tells the outside world about itself. */
export const creditorSchema = z.object({
  name: text(140),
  brokerFiscalCode: text(35),
  stationId: text(35),
  endpoint: httpUrl.optional(),
  ibans: z.array(text(35)).min(1).max(20),
  companyName: text(140),
  slug: text(80),
  activationCode: text(40),
  services: z
    .array(
      z.object({
        idServizio: z.string().length(5),
        idSoggettoServizio: z.string().length(5),
        description: text(140),
      }),
    )
    .max(20),
  people: z
    .array(
      z.object({
        role: z.enum(['guardian', 'staff']),
        username: text(120),
        password: text(120),
        name: text(120),
        firstName: text(120).optional(),
        lastName: text(120).optional(),
        /** Who has one can sign in with the simulated SPID and CIE. */
        fiscalCode: personalCode.optional(),
        /** Secret of the second factor, in base32: the simulated phone shows its codes. */
        totpSecret: z
          .string()
          .regex(/^[A-Z2-7]{16,128}$/, 'must be base32')
          .optional(),
      }),
    )
    .max(50),
  /** Its station also gets the receipts in which it has a share and that another station serves. */
  broadcast: z.boolean().optional(),
  paymentCodes: z
    .array(z.object({ child: text(120), text: text(400) }))
    .max(100)
    .optional(),
})

/** The creditor's keys in an address: who it is, and which of its notices are served by this station. */
export const creditorKeySchema = z.object({ fiscalCode, segregationCode })

export type CreditorDeclaration = z.infer<typeof creditorSchema>

/** A registered creditor, with the address at which it answers. */
export interface Creditor extends Omit<CreditorDeclaration, 'endpoint'> {
  readonly id: string
  readonly createdAt: string
  readonly fiscalCode: string
  readonly segregationCode: string
  readonly endpoint: string
}

/** Who exists in the simulated world: creditors with their stations, accounts and services. */
export class Registry {
  readonly #creditors: Collection<Creditor>
  readonly #defaultEndpoint: string
  readonly #now: () => Date

  constructor(store: Store, options: { borsellinoUrl: string; now: () => Date }) {
    this.#creditors = store.collection<Creditor>('creditors', { most: 20_000 })
    this.#defaultEndpoint = `${options.borsellinoUrl.replace(/\/+$/, '')}/webhooks/pagopa`
    this.#now = options.now
  }

  /** Writes or rewrites a creditor; the same declaration twice changes nothing. */
  declare(key: z.infer<typeof creditorKeySchema>, declaration: CreditorDeclaration): Creditor {
    const id = `${key.fiscalCode}-${key.segregationCode}`
    return this.#creditors.put({
      ...declaration,
      ...key,
      id,
      createdAt: this.#creditors.get(id)?.createdAt ?? this.#now().toISOString(),
      endpoint: declaration.endpoint ?? this.#defaultEndpoint,
    })
  }

  /** Takes a creditor out of the world; false when it was not there. */
  remove(key: z.infer<typeof creditorKeySchema>): boolean {
    const id = `${key.fiscalCode}-${key.segregationCode}`
    const known = this.#creditors.get(id) !== undefined
    this.#creditors.delete(id)
    return known
  }

  all(): Creditor[] {
    return this.#creditors.all()
  }

  byId(id: string): Creditor | undefined {
    return this.#creditors.get(id)
  }

  /** All stations of one fiscal code; empty when the code is unknown. */
  withFiscalCode(fiscalCode: string): Creditor[] {
    return this.all().filter((creditor) => creditor.fiscalCode === fiscalCode)
  }

  /** Who serves a notice. With aux digit 3 the two digits after it name the station (protocol, NAV). */
  ofNotice(fiscalCode: string, noticeNumber: string): Creditor | undefined {
    return noticeNumber.startsWith('3') ? this.byId(`${fiscalCode}-${noticeNumber.slice(1, 3)}`) : undefined
  }

  /** Who offers a service of the Catalogo dei Servizi; the latest declaration wins. */
  ofService(idServizio: string, idSoggettoServizio: string): Creditor | undefined {
    return this.all().findLast((creditor) =>
      creditor.services.some(
        (s) => s.idServizio === idServizio && s.idSoggettoServizio === idSoggettoServizio,
      ),
    )
  }
}
