import { DomainError } from '#core/errors.ts'
import { translator, type Translate } from '#core/i18n.ts'
import { isRehearsing, type Tenant } from '#core/tenant.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import {
  makeRehearsalFamily,
  rehearsalFamily,
  rehearsedSteps,
  type RehearsedSteps,
} from '#tenants/onboarding/rehearsal.ts'
import { wipeRehearsal } from '#tenants/onboarding/wipe.ts'
import { changeState } from '#tenants/states.ts'
import { officeRoute, type OfficeApp } from '../../access.ts'
import { officeOf, type OfficeParts } from '../../context.ts'
import { page } from '../../frame.ts'
import type { RehearsalView } from '../../views/onboarding.ts'
import { CHECKLIST, settingsView } from './form-view.ts'
import { beginningOf } from './rehearsal-start.ts'

const PATH = '/avvio/prova'

/** `{base}/avvio/prova`: a complete payment through every channel in a simulated world, guided by what has happened there. */
export function rehearsalRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { services, registry, preflight, rehearsal } = parts

  officeRoute(app, `GET ${PATH}`, async (context) =>
    page(parts, context, 'office/rehearsal', await view(parts, context, await current(context), '')),
  )

  officeRoute(app, `POST ${PATH}`, async (context, staff) => {
    const tenant = await begun(context, staff.accountId)
    const { findings } = await preflight.findings(tenant)
    const lacking = findings.filter(({ blocks }) => blocks === 'rehearsal')
    if (rehearsal.sandboxUrl === null || lacking.length > 0)
      throw new DomainError('tenant.not_ready', {
        count: Math.max(1, lacking.length),
        missing: lacking.map(({ key }) => key).join(' '),
      })
    await move(tenant, 'rehearsal', staff.accountId)
    return context.redirect(officeOf(tenant) + PATH, 303)
  })

  officeRoute(app, 'POST /avvio/in-linea', async (context, staff) => {
    const tenant = await begun(context, staff.accountId)
    if (tenant.state !== 'rehearsal')
      throw new DomainError('tenant.wrong_state', { from: tenant.state, to: 'live' })
    await move(tenant, 'live', staff.accountId)
    return context.redirect(`${officeOf(tenant)}${CHECKLIST}?fatto=in-linea`, 303)
  })

  officeRoute(app, `POST ${PATH}/famiglia`, async (context, staff) => {
    const tenant = await begun(context, staff.accountId)
    const { password } = await makeRehearsalFamily(services, tenant, {
      kind: 'staff',
      id: staff.accountId,
    })
    // Shown in the answer itself, since it is kept nowhere.
    return page(parts, context, 'office/rehearsal', await view(parts, context, tenant, password))
  })

  officeRoute(app, `POST ${PATH}/ricomincia`, async (context, staff) => {
    const tenant = await begun(context, staff.accountId)
    await wipeRehearsal(services.db, tenant.id, { kind: 'staff', id: staff.accountId }, services.clock.now())
    return context.redirect(`${officeOf(tenant)}${PATH}?fatto=salvato`, 303)
  })

  /** The form's token is checked, and the entity read as it is now. */
  async function begun(context: PageContext, accountId: string): Promise<Tenant> {
    const fields = await formFields(context)
    parts.forms.check(fields.form, accountId)
    return current(context)
  }

  async function current(context: PageContext): Promise<Tenant> {
    registry.forget()
    const tenant = await registry.byId(context.var.tenant.id)
    if (!tenant) throw new DomainError('resource.not_found')
    return tenant
  }

  async function move(tenant: Tenant, to: 'rehearsal' | 'live', accountId: string): Promise<void> {
    const change = { reason: null, preflight: preflight.missing }
    await changeState(services, tenant.id, to, { kind: 'staff', id: accountId }, change)
    registry.forget()
  }
}

async function view(
  parts: OfficeParts,
  context: PageContext,
  tenant: Tenant,
  password: string,
): Promise<RehearsalView> {
  const { services, preflight, rehearsal } = parts
  const { language } = context.var
  const t = translator(language)
  const isOn = isRehearsing(tenant)
  const { findings, facts } = await preflight.findings(tenant)
  const stepsOf = await rehearsedSteps(services, tenant.id)
  const family = await rehearsalFamily(services, tenant.id)
  const isIntroduced = isOn && (await introduced(parts, tenant))
  const around = settingsView(parts, context, 'rehearsal')
  const silent = { kind: 'warning', text: t('rehearsal.silent') } as const
  const portalHref = `/${tenant.slug}/`
  const isDraft = tenant.state === 'draft'
  const beginning = beginningOf(parts, tenant, findings, t)
  return {
    ...around,
    alerts: isOn && !isIntroduced ? [...around.alerts, silent] : around.alerts,
    isOn,
    begin: isDraft ? beginning.action : null,
    beginText: isDraft ? beginning.text : t('rehearsal.over'),
    missing: isDraft ? beginning.missing : [],
    isDone: facts.channels.every(({ offered, rehearsed }) => !offered || rehearsed),
    family: { exists: family !== undefined, username: family?.username ?? '', password },
    portalHref,
    channels: facts.channels
      .filter(({ offered }) => offered)
      .map(({ id, rehearsed }) => ({
        id,
        label: parts.channels.find((one) => one.id === id)!.label[language],
        state: {
          text: t(rehearsed ? 'onboarding.done' : 'onboarding.to_do'),
          tone: rehearsed ? 'paid' : 'open',
        },
        steps: steps(id, stepsOf(id), { portalHref, sandboxUrl: rehearsal.sandboxUrl ?? '' }, t),
      })),
    moneyNote: t('rehearsal.money'),
  }
}

/** The sandbox must know the entity before anything can be paid; it is told at every look, which changes nothing twice. */
async function introduced({ rehearsal, services }: OfficeParts, tenant: Tenant): Promise<boolean> {
  return rehearsal.introduce(tenant).then(
    () => true,
    (error: unknown) => {
      services.log.warn({ error, tenantId: tenant.id }, 'the sandbox was not told of an entity in rehearsal')
      return false
    },
  )
}

/** Where the second step of a channel is done: on Checkout's own pages, at a counter, at the tobacconist's terminal. */
const PLACES: Readonly<Record<string, string>> = { 'psp-notice': '/sportello', 'puntolis-qr': '/puntolis' }

function steps(
  channelId: string,
  { opened, asked, paid, printed }: RehearsedSteps,
  { portalHref, sandboxUrl }: { portalHref: string; sandboxUrl: string },
  t: Translate,
): RehearsalView['channels'][number]['steps'] {
  const place = PLACES[channelId]
  const kind = place === undefined ? 'online' : channelId
  const step = (name: string, isDone: boolean, href = '') => ({
    text: t(`rehearsal.step.${kind}.${name}`),
    isDone,
    mark: t(isDone ? 'onboarding.done' : 'onboarding.to_do'),
    href,
    link: href === '' ? '' : t(href === portalHref ? 'rehearsal.open_portal' : 'rehearsal.open_sandbox'),
  })
  return [
    step('opened', opened, portalHref),
    step('asked', asked, place === undefined ? '' : sandboxUrl + place),
    step('paid', paid),
    step('printed', printed),
  ]
}
