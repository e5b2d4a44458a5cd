import { stationOf, type Notice, type PlayedReceipt } from '../../support/soap.ts'
import { ASKED, type Cast } from './cast.ts'
import type { Stored, Variant } from './variant.ts'

type To = ReturnType<typeof stationOf>

/** A transfer of a receipt: whose, and how many cents. */
export type Part = [whose: 'own' | 'stranger', cents: number]

/** The transfers of a row. */
export const split = (...parts: Part[]) => ({ parts })

/** A row for both versions of the receipt: how the message comes about, and what becomes of it. */
export interface Row extends Omit<Variant, 'ask' | 'name'> {
  name: string
  /** The notice that is paid; an open one of the ordinary tenant when left out. */
  notice?: (cast: Cast) => Notice | Promise<Notice>
  /** What the receipt says otherwise than that all of it was paid. */
  receipt?: Partial<PlayedReceipt>
  to?: (cast: Cast) => Partial<To>
  edit?: (message: string) => string
  headers?: Record<string, string>
  only?: 'V1' | 'V2'
  /** Its transfers, where it is not one over everything. */
  parts?: readonly Part[]
}

const CREDITED: Stored = { disposition: 'credited', irregularities: [] }
/** Credited, all of it, with nothing odd about it or with these differences. */
export const credited = (more: Partial<Stored> = {}) => ({
  verdict: 'OK',
  stored: { ...CREDITED, ...more },
  wallet: ASKED,
})
/** Credited, with these irregularities. */
export const odd = (...irregularities: string[]) => credited({ irregularities })
/** Refused for its syntax, and kept. */
export const UNREAD = { verdict: 'PAA_SINTASSI_XSD', stored: 'unrouted' as const }
export const CUT = { verdict: 'PAA_SINTASSI_EXTRAXSD', stored: 'unrouted' as const }
export const STRANGER = '80000000001'

/** A notice of another creditor, of which we may have a share. */
export const elsewhere = (cast: Cast): Notice => ({ ...cast.unknown('47'), fiscalCode: STRANGER })
