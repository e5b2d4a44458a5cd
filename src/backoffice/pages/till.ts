import { romeDate } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { TillEntry } from '#core/ledger/till.ts'
import { parseAmount } from '#core/money.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { readPageKey, writePageKey } from '#pages/page-key.ts'
import { readTypedDay } from '#core/typed-day.ts'
import type { Alert } from '#pages/view.ts'
import type { ChildWallet } from '#tenants/books/child-account.ts'
import { assertTillOpen, isTillOpen, lastTillDay } from '#tenants/books/till-rule.ts'
import { findTillEntry, recordTillEntry, TILL_WAYS, tillEntriesPage } from '#tenants/books/till.ts'
import { DomainError } from '#core/errors.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { TillEntryView, TillReceiptView } from '../views/books.ts'
import { askedWallet, walletHref } from './child-wallet.ts'

const NOTE_MAX = 200
type Fields = Readonly<Record<string, string | undefined>>

/** `{base}/sportello`: what families paid at the desk, as long as the entity takes anything there. */
export function tillRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /sportello', async (context) => {
    const { tenant } = context.var
    const base = `${officeOf(tenant)}/sportello`
    const key = readPageKey(context.req.query('dopo'))
    const { items, next } = await tillEntriesPage(services.db, tenant.id, { before: key })
    return page(parts, context, 'office/till', {
      ...frame(parts, context, 'till'),
      isOpen: isTillOpen(tenant, today()),
      pagopaOnlyFrom: tenant.policies.pagopaOnlyFrom,
      lastDay: lastTillDay(tenant) ?? null,
      rows: items.map((entry) => ({
        href: `${base}/${entry.id}`,
        number: entry.number,
        paidOn: entry.paidOn,
        childName: entry.childName,
        way: entry.way,
        slip: entry.slip,
        cents: entry.amountCents,
        recordedBy: entry.recordedBy,
        isReversed: entry.reversedAt !== undefined,
      })),
      nextHref: next ? `${base}?dopo=${writePageKey(next)}` : null,
      firstHref: key ? base : null,
    })
  })

  officeRoute(app, 'GET /sportello/:id', async (context) =>
    page(parts, context, 'office/till-receipt', await receipt(parts, context)),
  )

  officeRoute(app, 'GET /alunni/:id/crediti/:wallet/versamento', async (context) => {
    const wallet = await askedWallet(parts, context)
    assertTillOpen(context.var.tenant, today())
    return page(parts, context, 'office/till-entry', form(parts, context, wallet, { paidOn: today() }))
  })

  officeRoute(app, 'POST /alunni/:id/crediti/:wallet/versamento', async (context, { accountId }) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    const submission = parts.forms.check(fields.form, accountId)
    const wallet = await askedWallet(parts, context)
    assertTillOpen(tenant, today())
    const { entry, errors } = read(context, wallet, fields, today())
    const again = (wrong: TillEntryView['errors']) =>
      page(parts, context, 'office/till-entry', form(parts, context, wallet, fields, wrong), 422)
    if (!entry) return again(errors)
    try {
      const { id } = await recordTillEntry(services, tenant, entry, { accountId, submission })
      return context.redirect(`${officeOf(tenant)}/sportello/${id}?fatto=registrato`, 303)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'till.slip_known') throw error
      return again({ slip: translator(context.var.language)('fault.till.slip_known.detail', error.details) })
    }
  })

  function today() {
    return romeDate(services.clock.now())
  }
}

function read(
  context: PageContext,
  { id: walletId }: ChildWallet,
  fields: Fields,
  today: string,
): { entry: TillEntry | undefined; errors: TillEntryView['errors'] } {
  const t = translator(context.var.language)
  const amountCents = parseAmount(fields.amount ?? '')
  const way = TILL_WAYS.find((one) => one === fields.way)
  const paidOn = readTypedDay((fields.paidOn ?? '').trim())
  const slip = (fields.slip ?? '').trim()
  const note = (fields.note ?? '').trim()
  const isSlip = /[a-z0-9]/i.test(slip) && slip.length <= 40
  const isDay = paidOn !== undefined && paidOn <= today
  if (amountCents && way && isDay && isSlip && note.length <= NOTE_MAX)
    return { entry: { walletId, amountCents, way, paidOn, slip, note }, errors: {} }
  const errors = {
    ...(!amountCents && { amount: t('books.error.amount') }),
    ...(!way && { way: t('books.error.way') }),
    ...(!isDay && { paidOn: t('books.error.paid_on') }),
    ...(!isSlip && { slip: t('books.error.slip') }),
    ...(note.length > NOTE_MAX && { note: t('books.error.note', { maximum: NOTE_MAX }) }),
  }
  return { entry: undefined, errors }
}

function form(
  parts: OfficeParts,
  context: PageContext,
  wallet: ChildWallet,
  fields: Fields,
  errors: TillEntryView['errors'] = {},
): TillEntryView {
  const { tenant, language } = context.var
  const here = walletHref(context, wallet)
  return {
    ...frame(parts, context, 'till'),
    action: `${here}/versamento`,
    parentHref: here,
    childName: wallet.childName,
    category: wallet.category,
    lastDay: lastTillDay(tenant) ?? null,
    ways: TILL_WAYS.map((value) => ({
      value,
      label: translator(language)(`books.way.${value}`),
      selected: value === fields.way,
    })),
    values: {
      amount: fields.amount ?? '',
      paidOn: fields.paidOn ?? '',
      slip: fields.slip ?? '',
      note: fields.note ?? '',
    },
    errors,
  }
}

async function receipt(parts: OfficeParts, context: PageContext): Promise<TillReceiptView> {
  const { tenant, language } = context.var
  const base = officeOf(tenant)
  const entry = await findTillEntry(parts.services.db, tenant.id, idFrom(context.req.param('id')))
  const isNew = context.req.query('fatto') === 'registrato'
  const alerts: Alert[] = isNew
    ? [{ kind: 'success', text: translator(language)('books.till.recorded') }]
    : []
  return {
    ...frame(parts, context, 'till', alerts),
    parentHref: `${base}/sportello`,
    number: entry.number,
    childName: entry.childName,
    category: entry.category,
    cents: entry.amountCents,
    way: entry.way,
    paidOn: entry.paidOn,
    slip: entry.slip,
    note: entry.note,
    recordedAt: entry.recordedAt,
    recordedBy: entry.recordedBy,
    walletHref: `${base}/alunni/${entry.childId}/crediti/${entry.walletId}`,
    reversedAt: entry.reversedAt ?? null,
  }
}
