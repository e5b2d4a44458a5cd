import { isId } from '#core/ids.ts'
import type { SupportSubject } from '#tenants/support/log.ts'
import { OFFICE_PATH, type OfficeRoute } from './routes.ts'

/** What the id in an address names, the most particular address first. Whatever lies below is about the same thing. */
const THINGS = [
  ['/alunni/:id', 'child'],
  ['/richieste/alunni/:id', 'child'],
  ['/richieste/:id', 'child_request'],
  ['/iscrizioni/:id', 'enrolment_request'],
  ['/accessi/:id', 'account'],
  ['/pagamenti/:id', 'top_up'],
  ['/ricevute/:file', 'receipt'],
  ['/sportello/:id', 'till_entry'],
  ['/da-approvare/:id', 'correction'],
  ['/presenze/:id', 'class'],
  ['/importazioni/:id', 'import'],
] as const

/** Lists that name many families at once. */
const LISTS: readonly string[] = [
  '/alunni',
  '/certificati',
  '/credito-basso',
  '/da-approvare',
  '/iscrizioni',
  '/pagamenti',
  '/richieste',
  '/sospesi',
  '/sportello',
  '/tariffe/fratelli',
]

/** Whether a page or file of the office tells of families: of one, or of many at once. */
export function tellsOfFamilies(route: OfficeRoute): boolean {
  return thingOf(route) !== undefined || LISTS.includes(pathOf(route))
}

/**
 * The child, request, payment … that a request is about; undefined for a list, and for an address with no id.
 * @param path of the request, with the entity's slug
 */
export function subjectOf(route: OfficeRoute, path: string): SupportSubject | undefined {
  const thing = thingOf(route)
  if (!thing) return undefined
  const [place, kind] = thing
  const at = (OFFICE_PATH + place).split('/').length - 1
  // A file is named by the id of what it holds.
  const [id] = (path.split('/')[at] ?? '').split('.')
  return id !== undefined && isId(id) ? { kind, id } : undefined
}

function thingOf(route: OfficeRoute) {
  const path = pathOf(route)
  return THINGS.find(([place]) => path === place || path.startsWith(`${place}/`))
}

const pathOf = (route: OfficeRoute): string => route.slice(route.indexOf(' ') + 1)
