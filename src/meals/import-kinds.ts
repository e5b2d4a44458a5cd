import { childrenImport } from '#tenants/imports/children.ts'
import type { ImportKind } from '#tenants/imports/kind.ts'
import { openingBalancesImport } from '#tenants/imports/opening-balances.ts'
import { tillImport } from '#tenants/imports/till.ts'
import { attendanceImport } from './attendance-import.ts'
import { calendarImport } from './calendar-import.ts'
import { tariffsImport } from './tariffs-import.ts'

/** Everything that files can bring, in the order in which a new entity brings it. */
export const IMPORT_KINDS: readonly ImportKind[] = [
  childrenImport,
  openingBalancesImport,
  tariffsImport,
  calendarImport,
  attendanceImport,
  tillImport,
]
