import { newId } from '#core/ids.ts'
import type { OfficeRoute } from '../../src/backoffice/access.ts'

/** One thing of every kind that an address of the office can name. */
export interface OfficeThings {
  topUpId: string
  receiptId: string
  flowId: string
  differenceId: string
  colleagueId: string
  requestId: string
  childId: string
  walletId: string
  correctionId: string
  tillEntryId: string
  guardianId: string
}

/** Ids that nothing has. */
export const NO_OFFICE_THINGS: OfficeThings = {
  topUpId: newId(),
  receiptId: newId(),
  flowId: newId(),
  differenceId: newId(),
  colleagueId: newId(),
  requestId: newId(),
  childId: newId(),
  walletId: newId(),
  correctionId: newId(),
  tillEntryId: newId(),
  guardianId: newId(),
}

/** What the `:id` of an address is, by how the address begins; the first that fits counts. */
const PLACES: readonly [string, keyof OfficeThings][] = [
  ['/pagamenti', 'topUpId'],
  ['/riconciliazione/flussi', 'flowId'],
  ['/riconciliazione', 'differenceId'],
  ['/accessi', 'guardianId'],
  ['/personale', 'colleagueId'],
  ['/richieste/alunni', 'childId'],
  ['/richieste', 'requestId'],
  ['/alunni', 'childId'],
  ['/sportello', 'tillEntryId'],
  ['/da-approvare', 'correctionId'],
]

/** The address of a route with its places filled in. */
export function officePath(route: OfficeRoute, things: OfficeThings): string {
  const [, path = ''] = route.split(' ')
  const place = PLACES.find(([start]) => path.startsWith(start))?.[1]
  if (path.includes(':id') && !place) throw new Error(`${route}: which thing is meant?`)
  return path
    .replace(':id', place ? things[place] : '')
    .replace(':wallet', things.walletId)
    .replace(':file', `${things.receiptId}.xml`)
}
