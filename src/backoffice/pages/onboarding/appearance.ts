import { translator } from '#core/i18n.ts'
import type { CleanLogo } from '#core/logo.ts'
import { contrast, MINIMUM_CONTRAST, themeColours } from '#core/theme.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields, formWithFile } from '#pages/form.ts'
import { logoPath } from '#pages/frame.ts'
import { changeLogo, cleanLogo } from '#tenants/onboarding/logo.ts'
import { LogoFault } from '#tenants/onboarding/logo-raster.ts'
import { fieldsOf } from '#tenants/onboarding/sections.ts'
import { draftOf, readSection, saveSection, type SectionState } from '#tenants/onboarding/settings.ts'
import { officeRoute, type OfficeApp } from '../../access.ts'
import { officeOf, type OfficeParts } from '../../context.ts'
import { page } from '../../frame.ts'
import type { AppearanceView, SettingsFormView } from '../../views/onboarding.ts'
import { conflictRows, fieldView, problemTexts, settingsView, typedOf } from './form-view.ts'

interface Shown {
  readonly typed?: Readonly<Record<string, string>>
  readonly errors?: Readonly<Record<string, string>>
  readonly conflict?: SettingsFormView['conflict']
}

const PATH = '/avvio/aspetto'

/** `{base}/avvio/aspetto`: the colour with a preview and its contrast, and the coat of arms. */
export function appearanceRoutes(app: OfficeApp, parts: OfficeParts): void {
  const { db, clock } = parts.services
  const read = (context: PageContext) => readSection(db, context.var.tenant.id, 'appearance')
  const show = (
    context: PageContext,
    state: SectionState,
    shown: Shown,
    status: 200 | 409 | 413 | 422 = 200,
  ) => page(parts, context, 'office/appearance', view(parts, context, state, shown), status)

  officeRoute(app, `GET ${PATH}`, async (context) => show(context, await read(context), {}))

  officeRoute(app, `POST ${PATH}`, async (context, { accountId }) => {
    const { tenant, language } = context.var
    const t = translator(language)
    const posted = await formFields(context)
    parts.forms.check(posted.form, accountId)
    const typed = typedOf(fieldsOf('appearance'), posted)
    const state = await read(context)
    const draft = draftOf('appearance', state.settled, typed)
    if ('problems' in draft)
      return show(context, state, { typed, errors: problemTexts(draft.problems, t) }, 422)
    if (posted.azione === 'anteprima') return show(context, state, { typed })
    const asked = { seen: posted.version ?? '', typed, actor: { kind: 'staff', id: accountId } as const }
    const result = await saveSection(db, tenant.id, 'appearance', asked, clock.now())
    if (result.kind === 'conflict') {
      const conflict = conflictRows('appearance', result.current, typed, t)
      return show(context, result.current, { typed, conflict }, 409)
    }
    if (result.kind === 'invalid')
      return show(context, state, { typed, errors: problemTexts(result.problems, t) }, 422)
    parts.registry.forget()
    return context.redirect(`${officeOf(tenant)}${PATH}?fatto=salvato`, 303)
  })

  officeRoute(app, `POST ${PATH}/logo`, async (context, { accountId }) => {
    const { tenant, language } = context.var
    const t = translator(language)
    const { fields, file } = await formWithFile(context, 'file')
    parts.forms.check(fields.form, accountId)
    const refuse = async (problem: string) =>
      show(context, await read(context), { errors: { file: t(`onboarding.logo.problem.${problem}`) } }, 422)
    let logo: CleanLogo | null = null
    if (fields.azione !== 'togli') {
      if (!file) return refuse('none')
      try {
        logo = cleanLogo(Buffer.from(await file.arrayBuffer()))
      } catch (error) {
        if (error instanceof LogoFault) return refuse(error.problem)
        throw error
      }
    }
    await changeLogo(db, tenant.id, logo, accountId, clock.now())
    parts.registry.forget()
    return context.redirect(`${officeOf(tenant)}${PATH}?fatto=salvato`, 303)
  })
}

function view(
  parts: OfficeParts,
  context: PageContext,
  state: SectionState,
  { typed, errors = {}, conflict = [] }: Shown,
): AppearanceView {
  const { tenant, language } = context.var
  const t = translator(language)
  const value = (name: string) => typed?.[name] ?? state.values[name]!
  const typedColour = `#${value('primaryColor').trim().replace('#', '').toLowerCase()}`
  const colour = /^#[0-9a-f]{6}$/.test(typedColour) ? typedColour : state.values.primaryColor!
  const { primary } = themeColours({ primary: colour })
  const onWhite = contrast(colour, '#ffffff')
  const branding = state.settled.branding as { logo: unknown; serviceName: string }
  return {
    ...settingsView(parts, context, 'appearance', errors),
    version: state.version,
    fields: fieldsOf('appearance').map((field) =>
      fieldView(field, value(field.name), errors[field.name], language),
    ),
    preview: {
      sheetHref: `/theme/anteprima/${colour.slice(1)}.css`,
      colour,
      onWhite: onWhite.toFixed(1).replace('.', t('onboarding.decimal')),
      // The page's ground and tint ask a little more than white: whatever is darkened is told.
      darker: primary === colour && onWhite >= MINIMUM_CONTRAST ? null : primary,
      serviceName: branding.serviceName,
      initials: value('initials'),
    },
    hasLogo: branding.logo !== null,
    logoHref: logoPath(tenant),
    conflict,
  }
}
