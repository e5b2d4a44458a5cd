import { invariant } from '#core/errors.ts'
import { sumCents, wireAmount } from '#core/money.ts'
import type { Cents } from '#core/money.ts'
import type { RomeDate } from '#core/clock.ts'
import { plainText } from './plain-text.ts'

/** A debt as the Node is told about it in verify, get and demand. Texts of any length and content are cut safely. */
export interface PaymentPosition {
  /** The IUV. */
  readonly creditorReferenceId: string
  readonly amountCents: Cents
  readonly dueDate: RomeDate
  /** Shown to the payer and printed on the receipt: short, human, no personal data. */
  readonly description: string
  readonly fiscalCodePA: string
  readonly companyName: string
  readonly officeName?: string | undefined
  readonly debtor: Debtor
  /** 1 to 5, adding up to the amount. */
  readonly transfers: readonly Transfer[]
  readonly metadata?: readonly MetadataEntry[] | undefined
  /** True only when every transfer can go to a postal IBAN. */
  readonly allCcp: boolean
}

export interface Debtor {
  /** F a person, G an organisation. */
  readonly type: 'F' | 'G'
  /** Fiscal code, or ANONIMO. */
  readonly value: string
  readonly fullName: string
  readonly streetName?: string | undefined
  readonly civicNumber?: string | undefined
  readonly postalCode?: string | undefined
  readonly city?: string | undefined
  readonly stateProvinceRegion?: string | undefined
  /** ISO 3166 alpha-2. */
  readonly country?: string | undefined
  readonly email?: string | undefined
}

export interface Transfer {
  readonly idTransfer: 1 | 2 | 3 | 4 | 5
  readonly amountCents: Cents
  readonly fiscalCodePA: string
  readonly companyName: string
  readonly iban: string
  /** See {@link remittanceInformation}. */
  readonly remittanceInformation: string
  /** Taxonomy code, for instance `9/0107101TS/`. */
  readonly category: string
  readonly metadata?: readonly MetadataEntry[] | undefined
}

export interface MetadataEntry {
  readonly key: string
  readonly value: string
}

/** The debtor of a payment whose payer is unknown, explicitly allowed (protocol §1.6). */
export const ANONYMOUS_DEBTOR: Debtor = { type: 'F', value: 'ANONIMO', fullName: 'ANONIMO' }

/**
 * The structured description that bank statements carry, so that a credit can be matched to its IUV:
 * `/RFB/<iuv>/<amount>/TXT/<text>`, cut at 140 characters (protocol §1.6).
 */
export function remittanceInformation(iuv: string, amountCents: Cents, text: string): string {
  const reference = `/RFB/${iuv}/${wireAmount(amountCents)}`
  const free = plainText(text, 140)
  return free === '' ? reference : plainText(`${reference}/TXT/${free}`, 140)
}

/** What the Node refuses beyond the schema (protocol §1.7). A position that breaks it is our bug. */
export function assertPayable(position: PaymentPosition): void {
  const { transfers, amountCents } = position
  invariant(amountCents > 0n, 'a payment position has an amount')
  invariant(transfers.length >= 1 && transfers.length <= 5, 'a payment position has 1 to 5 transfers')
  invariant(
    transfers.every((transfer) => transfer.amountCents > 0n),
    'a transfer has an amount',
  )
  invariant(
    sumCents(transfers.map((transfer) => transfer.amountCents)) === amountCents,
    'transfers add up to the amount',
  )
}
