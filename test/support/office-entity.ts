import { romeDate } from '#core/clock.ts'
import { newId } from '#core/ids.ts'
import { cents, signedCents } from '#core/money.ts'
import { importBankStatement } from '#core/reconciliation/bank.ts'
import { listDifferences } from '#core/reconciliation/read-differences.ts'
import { completeFlow, storeHeader } from '#core/reconciliation/store-flow.ts'
import type { NewTenant } from '#tenants/create.ts'
import { correctCredit } from '#tenants/books/corrections.ts'
import { recordTillEntry } from '#tenants/books/till.ts'
import { askForChild } from '#tenants/people/child-requests.ts'
import type { StaffRole } from '#tenants/people/guardians.ts'
import type { OfficeRoute } from '../../src/backoffice/routes.ts'
import { furnishedSchool } from './furnished-school.ts'
import type { TestHouse } from './house.ts'
import { calendarOf, openCanteen } from './canteen-entity.ts'
import { handedInBalances } from './imports.ts'
import { hire, waitingInvitations, withPhone } from './office.ts'
import { furnishedEntity } from './things.ts'
import { machineToken } from './machines.ts'

export const ROLES: readonly StaffRole[] = ['administrator', 'clerk', 'accountant', 'school']

/** An entity with one thing of every kind that the office shows, and one member of staff of each role. */
export async function officeEntity(world: TestHouse, change: Partial<NewTenant> = {}) {
  const { clock } = world
  const { services } = world.house
  const { tenant, owner, things } = await furnishedEntity(world, change)
  const today = romeDate(clock.now())
  const at = { flowDate: clock.now(), publishedAt: clock.now() }
  const flow = { pspId: 'BANCAPROVA', flowId: `${today}BANCAPROVA-1`, revision: 1, ...at }
  const header = {
    pspName: 'Banca',
    regulation: 'TRN',
    regulationDate: today,
    declaredCount: 0,
    declaredCents: 0n,
  }
  const flowId = await storeHeader(services.db, tenant.id, flow, header, clock.now())
  await completeFlow(services.db, tenant.id, flowId, clock.now())
  const iuv = `${tenant.segregationCode}000000000000777`
  const bytes = Buffer.from(`Data;Importo;Causale\n${today};1,00;/RFB/${iuv}/1.00`)
  await importBankStatement(
    services.db,
    tenant.id,
    { fileName: 'a.csv', bytes, accountId: null },
    clock.now(),
  )
  const { items } = await listDifferences(services.db, tenant.id)
  const asked = { firstName: 'Ada', lastName: 'Provetti', school: 'Dante', className: '1ª A' }
  const parent = { tenantId: tenant.id, accountId: owner.accountId }
  const requestId = await askForChild(services, parent, { ...asked, fiscalCode: null, note: '' })
  const classroom = await furnishedSchool(world, tenant, owner.accountId, things.childId)
  await openCanteen(world, tenant, [things.childId], today, '1ª A')
  const staff = new Map<StaffRole, string>()
  for (const role of ROLES) staff.set(role, (await hire(world, tenant, role)).accountId)
  const { accountId: colleagueId } = await hire(world, tenant, 'clerk')
  await withPhone(world, tenant, colleagueId)
  // One that waits for a second person, and money paid at the desk.
  const by = { tenantId: tenant.id, accountId: colleagueId }
  const { walletId } = things
  const amountCents = signedCents(90_000n)
  const waits = { kind: 'adjustment', walletId, amountCents, reason: 'Saldo del vecchio anno' } as const
  const { id: correctionId } = await correctCredit(services, by, waits, 'matrix')
  const paid = {
    walletId,
    amountCents: cents(500),
    way: 'other',
    paidOn: today,
    slip: '1',
    note: '',
  } as const
  const till = await recordTillEntry(services, tenant, paid, { accountId: colleagueId, submission: 'matrix' })
  return {
    tenant,
    owner,
    staff,
    today,
    colleagueId,
    importId: await handedInBalances(world, tenant, colleagueId),
    topUpId: things.topUpId,
    receiptId: things.receiptId,
    flowId,
    differenceId: items[0]!.id,
    requestId,
    childId: things.childId,
    dietId: things.dietId,
    walletId,
    correctionId,
    tillEntryId: till.id,
    tokenId: (await machineToken(world, tenant, colleagueId)).id,
    guardianId: owner.accountId,
    ...classroom,
    ...(await waitingInvitations(world, tenant)),
    ...(await calendarOf(world, tenant)),
  }
}

export type OfficeEntity = Awaited<ReturnType<typeof officeEntity>>
/** The things of an entity by which addresses and forms are filled. */
export type OfficeThings = Omit<OfficeEntity, 'tenant' | 'owner' | 'staff'>

/** Ids that nothing has. */
export function nothingLike(entity: OfficeEntity): OfficeThings {
  const { tenant: _tenant, owner: _owner, staff: _staff, ...things } = entity
  const ids = Object.fromEntries(
    Object.keys(things).map((name) => [name, newId()]),
  ) as unknown as OfficeThings
  return { ...ids, token: 'x', today: entity.today }
}

/** Whose id stands in an address, by how the address begins; the longer beginnings first. */
const PLACES: readonly (readonly [start: string, thing: keyof OfficeThings])[] = [
  ['/pagamenti', 'topUpId'],
  ['/riconciliazione/flussi', 'flowId'],
  ['/riconciliazione/differenze', 'differenceId'],
  ['/accessi', 'guardianId'],
  ['/personale/inviti', 'invitationId'],
  ['/personale/token', 'tokenId'],
  ['/personale', 'colleagueId'],
  ['/richieste/alunni', 'childId'],
  ['/richieste', 'requestId'],
  ['/iscrizioni', 'enrolmentRequestId'],
  ['/scuole', 'schoolId'],
  ['/presenze', 'classId'],
  ['/calendario/periodi', 'periodId'],
  ['/calendario/chiusure', 'closureId'],
  ['/tariffe', 'planId'],
  ['/alunni', 'childId'],
  ['/sportello', 'tillEntryId'],
  ['/da-approvare', 'correctionId'],
  ['/importazioni', 'importId'],
]

/** The path of a route with the things of an entity in its places. */
export function officePath(route: OfficeRoute, things: OfficeThings): string {
  const [, path = ''] = route.split(' ')
  const thing = PLACES.find(([start]) => path.startsWith(start))?.[1]
  if (path.includes(':id') && thing === undefined) throw new Error(`whose id stands in ${route}?`)
  return path
    .replace(/\/tariffe\/nuovo$/, '/tariffe/nuovo?servizio=REFEZIONE')
    .replace(/\/presenze\/:id$/, `/presenze/:id?servizio=REFEZIONE&giorno=${things.today}`)
    .replace(':id', thing ? things[thing] : '')
    .replace(':channel', 'psp-notice')
    .replace(':wallet', things.walletId)
    .replace(':file', `${things.receiptId}.xml`)
    .replace(':token', things.token)
}

/** A form that has something right for most routes. */
export function officeForm(
  route: OfficeRoute,
  form: string,
  { childId, guardianId, classId, enrolmentId, exemptionId, dietId }: OfficeThings,
  today: string,
): FormData {
  const body = new FormData()
  for (const [name, value] of [
    ['form', form],
    ['note', 'Verificato'],
    ['name', 'Provetti'],
    ['child', childId],
    ['reason', 'Non risulta iscritta'],
    ['email', 'nuova@example.org'],
    ['role', 'clerk'],
    ['hours', '2'],
    ['direction', 'add'],
    ['amount', '1'],
    ['paidOn', today],
    ['way', 'other'],
    ['slip', newId()],
    ['state', 'suspended'],
    ['guardian', guardianId],
    ['username', 'x'],
    ['password', 'x'],
    ['names', '2ª A'],
    ['class', classId],
    ['className', '1ª A'],
    ['firstName', 'Ada'],
    ['lastName', 'Provetti'],
    ['another', 'si'],
    ['category', 'REFEZIONE'],
    ['enrolment', enrolmentId],
    ['exemption', exemptionId],
    ['dieta', dietId],
    ['al', '2999-07-31'],
    ['lastDay', today],
    ['azione', 'fascia'],
    ['text', 'Manca il documento'],
    ['from', '2026-11-01'],
    ['until', '2026-12-31'],
    ['percent', '50'],
    ['end', '2026-12-31'],
    ['servizio', 'REFEZIONE'],
    ['giorno', today],
    ['versione', ''],
    ['dal', '2020-01-01'],
    ['giorno-0', 'si'],
    ['motivo', 'Prova'],
    ['tipo', 'saldi'],
    ['rows', '1'],
    ['sum', '1,00'],
    ['ambito-meals-read', 'si'],
    ['days', '30'],
    ['colonna_child_fiscal_code', '0'],
    ['colonna_amount', '1'],
    ['letto', 'si'],
  ] as const)
    body.set(name, value)
  if (route.endsWith('/banca')) body.set('file', new File(['Data;Importo;Causale\n'], 'vuoto.csv'))
  if (route === 'POST /importazioni/:id/colonne') body.set('giorno', '01/09/2026')
  if (route.endsWith('/importazioni/nuova'))
    body.set('file', new File(['Codice fiscale;Saldo\nx;1,00'], 'saldi.csv'))
  return body
}
