import type { StaffScope } from '#core/db/token-tables.ts'
import { DomainError } from '#core/errors.ts'
import { faultText } from '#core/fault-text.ts'
import { translator, type Translate } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import {
  listStaffTokens,
  makeStaffToken,
  revokeStaffToken,
  STAFF_SCOPES,
  TOKEN_DAYS,
  TOKEN_NAME_MAX,
  type StaffToken,
  type WantedToken,
} from '#tenants/staff/tokens.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { StaffTokenRow, StaffTokensView } from '../views/tokens.ts'

type Fields = Readonly<Record<string, string>>
const NEWS = ['revocato', 'gia-creato']

/** `{base}/personale/token`: keys of programs and readers, each shown once. */
export function tokenRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /personale/token', async (context) =>
    page(parts, context, 'office/staff-tokens', await view(parts, context, {})),
  )

  officeRoute(app, 'POST /personale/token', async (context, { accountId }) => {
    const { tenant, language } = context.var
    const fields = await formFields(context)
    const submission = parts.forms.check(fields.form, accountId)
    const { wanted, errors } = read(fields, translator(language))
    const again = async (told: StaffTokensView['errors'], status: 409 | 422) =>
      page(
        parts,
        context,
        'office/staff-tokens',
        await view(parts, context, { fields, errors: told }),
        status,
      )
    if (!wanted) return again(errors, 422)
    try {
      const made = await makeStaffToken(services, tenant.id, wanted, { accountId, submission })
      // Whoever loads the page once more gets no second token, and the first is shown no more.
      if (!made) return context.redirect(`${tokensOf(context)}?fatto=gia-creato`, 303)
      return page(parts, context, 'office/staff-token', {
        ...frame(parts, context, 'staff'),
        parentHref: tokensOf(context),
        name: wanted.name,
        token: made.token,
        scopes: scopesInWords(wanted.scopes, translator(language)),
        expiresAt: made.expiresAt,
      })
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'staff_token.too_many') throw error
      return again({ name: faultText(error, language).detail }, 409)
    }
  })

  officeRoute(app, 'POST /personale/token/:id/revoca', async (context, { accountId }) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    await revokeStaffToken(services, context.var.tenant.id, idFrom(context.req.param('id')), accountId)
    return context.redirect(`${tokensOf(context)}?fatto=revocato`, 303)
  })
}

function tokensOf(context: PageContext): string {
  return `${officeOf(context.var.tenant)}/personale/token`
}

/** The field of a scope: `attendance:write` is `ambito-attendance-write`. */
function fieldOf(scope: StaffScope): string {
  return `ambito-${scope.replace(':', '-')}`
}

function read(
  fields: Fields,
  t: Translate,
): { wanted: WantedToken | undefined; errors: StaffTokensView['errors'] } {
  const name = (fields.name ?? '').replaceAll(/\p{Cc}/gu, '').trim()
  const scopes = STAFF_SCOPES.filter((scope) => fields[fieldOf(scope)] === 'si')
  const days = TOKEN_DAYS.find((count) => String(count) === fields.days)
  const isName = name !== '' && name.length <= TOKEN_NAME_MAX
  if (isName && scopes.length > 0 && days !== undefined) return { wanted: { name, scopes, days }, errors: {} }
  const errors = {
    ...(!isName && { name: t('tokens.error.name', { maximum: TOKEN_NAME_MAX }) }),
    ...(scopes.length === 0 && { scopes: t('tokens.error.scopes') }),
    ...(days === undefined && { days: t('tokens.error.days') }),
  }
  return { wanted: undefined, errors }
}

function scopesInWords(scopes: readonly StaffScope[], t: Translate): string {
  return scopes.map((scope) => t(`tokens.scope.${scope}`)).join(' · ')
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  { fields = {}, errors = {} }: { fields?: Fields; errors?: StaffTokensView['errors'] },
): Promise<StaffTokensView> {
  const t = translator(context.var.language)
  const news = NEWS.find((one) => one === context.req.query('fatto'))
  const kind = news === 'revocato' ? 'success' : 'info'
  const alerts: Alert[] = news ? [{ kind, text: t(`tokens.done.${news}`) }] : []
  const tokens = await listStaffTokens(parts.services, context.var.tenant.id)
  return {
    ...frame(parts, context, 'staff', alerts),
    parentHref: `${officeOf(context.var.tenant)}/personale`,
    rows: tokens.map((token) => row(token, tokensOf(context), t)),
    scopes: STAFF_SCOPES.map((value) => ({
      name: fieldOf(value),
      value,
      label: t(`tokens.scope.${value}`),
      hint: t(`tokens.scope.${value}.hint`),
      checked: fields[fieldOf(value)] === 'si',
    })),
    days: TOKEN_DAYS.map((count) => ({
      value: String(count),
      label: t('tokens.days_count', { count }),
      selected: String(count) === (fields.days ?? '180'),
    })),
    nameMax: TOKEN_NAME_MAX,
    values: { name: fields.name ?? '' },
    errors,
    apiHref: '/api/docs#tag-attendance',
  }
}

function row(token: StaffToken, base: string, t: Translate): StaffTokenRow {
  const { id, name, scopes, madeBy, madeAt, expiresAt, usedAt, state } = token
  return {
    name,
    scopes: scopesInWords(scopes, t),
    madeBy,
    madeAt,
    expiresAt,
    usedAt: usedAt ?? null,
    state: { text: t(`tokens.state.${state}`), tone: state === 'living' ? 'paid' : 'plain' },
    revokeHref: state === 'living' ? `${base}/${id}/revoca` : null,
  }
}
