import { idFrom } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { guardiansNamed, type FoundGuardian } from '#tenants/people/find-guardians.ts'
import { issueLinkCode, LINK_CODE_DAYS } from '#tenants/people/merge-accounts.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import type { OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { AccountRow } from '../views/families.ts'
import { waysIn } from './ways-in.ts'

/**
 * `{base}/accessi`: for a parent at the desk who comes in with SPID or CIE now and can no longer prove the account of
 * before: the office looks at a document and hands over a code.
 */
export function accountRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /accessi', (context) => list(context, '', []))

  // Looking for a person by name: a name does not stand in an address.
  officeRoute(app, 'POST /accessi', async (context, { accountId }) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const search = (fields.name ?? '').trim().slice(0, 100)
    return list(context, search, await guardiansNamed(services.db, context.var.tenant.id, search))
  })

  officeRoute(app, 'POST /accessi/:id/codice', async (context, { accountId }) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const { tenant } = context.var
    const code = await issueLinkCode(services, tenant.id, idFrom(context.req.param('id')), accountId)
    return page(parts, context, 'office/account-code', {
      ...frame(parts, context, 'accounts'),
      code,
      days: LINK_CODE_DAYS,
      pagesHref: new URL(`/${tenant.slug}/accedi`, services.config.PUBLIC_URL).href,
    })
  })

  function list(context: PageContext, search: string, found: readonly FoundGuardian[]) {
    const rows = found.map((one) => row(one, context))
    return page(parts, context, 'office/accounts', { ...frame(parts, context, 'accounts'), search, rows })
  }
}

function row(found: FoundGuardian, context: PageContext): AccountRow {
  const { accountId, name, children } = found
  return { id: accountId, name, children: children.join(', '), ways: waysIn(found, context.var.language) }
}
