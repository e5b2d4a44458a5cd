import { romeDate } from '#core/clock.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { idFrom, isId } from '#core/ids.ts'
import { formatMoney } from '#core/money.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { childCard, type ChildCard } from '#tenants/people/child-card.ts'
import { childrenNamed } from '#tenants/people/find-children.ts'
import { findChild, type ChildDossier } from '#tenants/people/guardianships.ts'
import { mergeChildren } from '#tenants/people/merge-children.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'
import { walletsOfChild, type ChildWallet } from '#tenants/people/child-wallets.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { MergeView } from '../views/merge.ts'

/** Two rows of one child, seen side by side and made one. */
export function mergeRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /alunni/:id/unisci', async (context) =>
    page(parts, context, 'office/merge', await view(parts, context, '')),
  )

  // A name does not stand in an address.
  officeRoute(app, 'POST /alunni/:id/unisci', async (context, staff) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const search = (fields.name ?? '').trim().slice(0, 100)
    return page(parts, context, 'office/merge', await view(parts, context, search))
  })

  officeRoute(app, 'POST /alunni/:id/unisci/conferma', async (context, staff) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const twins = { stays: idFrom(context.req.param('id')), goes: idFrom(fields.other) }
    const owner = { tenantId: tenant.id, accountId: staff.accountId }
    await mergeChildren(parts.services, owner, twins)
    return context.redirect(`${officeOf(tenant)}/alunni/${twins.stays}/scheda?fatto=si`, 303)
  })
}

interface Side {
  readonly card: ChildCard
  readonly dossier: ChildDossier
  readonly wallets: readonly ChildWallet[]
}

async function view(parts: OfficeParts, context: PageContext, search: string): Promise<MergeView> {
  const { tenant } = context.var
  const { db } = parts.services
  const base = officeOf(tenant)
  const id = idFrom(context.req.param('id'))
  const staying = await sideOf(parts, context, id)
  const asked = context.req.query('con')
  if (asked === id) throw new DomainError('resource.not_found')
  const going = asked === undefined ? undefined : await sideOf(parts, context, idFrom(asked))
  const href = `${base}/alunni/${id}/unisci`
  const typed = search || (going ? '' : staying.card.lastName)
  const found = (await childrenNamed(db, tenant.id, typed)).filter((one) => one.id !== id)
  return {
    ...frame(parts, context, 'children'),
    parentHref: `${base}/alunni/${id}/scheda`,
    href,
    name: nameOf(staying),
    search,
    found: found.map((one) => ({
      name: `${one.lastName} ${one.firstName}`,
      place: [one.school, one.className].filter(Boolean).join(', '),
      href: address(href, { con: one.id }),
    })),
    pair: going
      ? {
          other: going.card.id,
          swapHref: address(`${base}/alunni/${going.card.id}/unisci`, { con: id }),
          facts: factsOf(context, staying, going),
          movedCents: going.wallets.reduce((sum, { balanceCents }) => sum + balanceCents, 0n),
          // Two codes are two people.
          isPossible: !staying.card.fiscalCode || !going.card.fiscalCode,
        }
      : null,
    errors: {},
  }
}

async function sideOf(parts: OfficeParts, context: PageContext, id: string): Promise<Side> {
  const { tenant } = context.var
  const { db, clock, vault } = parts.services
  if (!isId(id)) throw new DomainError('resource.not_found')
  const now = clock.now()
  const today = romeDate(now)
  const keys = await vault.of(tenant.id)
  const { card, wallets } = await inTenant(db, tenant.id, async (tx) => ({
    card: await childCard(tx, keys, tenant.id, id, { schoolYear: schoolYearOf(today), today }),
    wallets: await walletsOfChild(tx, tenant.id, id),
  }))
  return { card, wallets, dossier: await findChild(db, tenant.id, id, now) }
}

function nameOf({ card }: Side): string {
  return `${card.firstName} ${card.lastName}`
}

function factsOf(context: PageContext, staying: Side, going: Side) {
  const { language } = context.var
  const t = translator(language)
  const rows: [string, (side: Side) => string][] = [
    ['name', nameOf],
    ['fiscal_code', ({ card }) => card.fiscalCode ?? ''],
    ['place', ({ dossier }) => dossier.place],
    ['adults', ({ dossier }) => dossier.guardians.map(({ name }) => name).join(', ')],
    ['services', ({ card }) => card.enrolments.map(({ label }) => label).join(', ')],
    [
      'credit',
      ({ wallets }) =>
        wallets
          .map(({ label, balanceCents }) => `${label}: ${formatMoney(balanceCents, language)}`)
          .join(', '),
    ],
    ['open', ({ wallets }) => String(wallets.reduce((sum, { openTopUps }) => sum + openTopUps, 0))],
  ]
  return rows.map(([key, of]) => ({
    label: t(`merge.fact.${key}`),
    stays: of(staying) || '–',
    goes: of(going) || '–',
  }))
}
