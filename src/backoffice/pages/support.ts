import { DomainError } from '#core/errors.ts'
import { translator } from '#core/i18n.ts'
import { formFields } from '#pages/form.ts'
import type { Alert } from '#pages/view.ts'
import {
  allowSupport,
  currentLeave,
  endSupport,
  SUPPORT_HOURS,
  SUPPORT_ROLES,
} from '#tenants/support/leave.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { roleChoices, roleOf } from './role-choices.ts'

/** Letting the installation's operators into this office, until an hour, and ending it at once. */
export function supportRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services } = parts

  officeRoute(app, 'GET /assistenza', async (context) => {
    const { tenant, language } = context.var
    const t = translator(language)
    const news = ['aperta', 'chiusa'].find((one) => one === context.req.query('fatto'))
    const alerts: Alert[] = news ? [{ kind: 'success', text: t(`support.done.${news}`) }] : []
    const leave = await currentLeave(services, tenant.id)
    return page(parts, context, 'office/support', {
      ...frame(parts, context, 'staff', alerts),
      parentHref: `${officeOf(tenant)}/personale`,
      leave: leave
        ? { role: t(`office.role.${leave.role}`), since: leave.grantedAt, until: leave.endsAt }
        : null,
      roles: roleChoices(SUPPORT_ROLES, 'clerk', language),
      hours: SUPPORT_HOURS.map((count) => ({
        value: `${count}`,
        label: t('support.hours', { count }),
        selected: count === 2,
      })),
    })
  })

  officeRoute(app, 'POST /assistenza', async (context, { accountId }) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    const role = roleOf(fields.role, SUPPORT_ROLES)
    const hours = SUPPORT_HOURS.find((count) => `${count}` === fields.hours)
    // The page offers nothing else.
    if (!role || !hours) throw new DomainError('request.invalid')
    await allowSupport(services, { tenantId: tenant.id, by: accountId }, { role, hours })
    return context.redirect(`${officeOf(tenant)}/assistenza?fatto=aperta`, 303)
  })

  officeRoute(app, 'POST /assistenza/fine', async (context, { accountId }) => {
    const { tenant } = context.var
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    await endSupport(services, { tenantId: tenant.id, by: accountId })
    return context.redirect(`${officeOf(tenant)}/assistenza?fatto=chiusa`, 303)
  })
}
