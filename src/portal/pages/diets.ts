import { addDays, romeDate, type RomeDate } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import { idFrom } from '#core/ids.ts'
import type { Diet } from '#meals/diets.ts'
import { ownDiets, readOwnDietNote } from '#meals/own-diets.ts'
import { formFields } from '#pages/form.ts'
import type { PortalApp, PortalContext, PortalParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import type { DietsView } from '../views/diets.ts'
import { ownerOf } from './own.ts'

/** How long before its certificate ends a family is told. */
const CERTIFICATE_NOTICE_DAYS = 30

/** `/{slug}/diete`: the diets of one's children. What changes them is a paper, so a change is told to the office. */
export function dietRoutes(app: PortalApp, parts: PortalParts): void {
  const { db, vault, clock } = parts.services

  app.get('/:slug/diete', async (context) =>
    page(parts, context, 'diets', await view(parts, context, undefined)),
  )

  app.post('/:slug/diete/:id/nota', async (context) => {
    const owner = ownerOf(context)
    const fields = await formFields(context)
    parts.forms.check(fields.form, owner.accountId)
    const dietId = idFrom(context.req.param('id'))
    const keys = await vault.of(owner.tenantId)
    const note = await readOwnDietNote(db, keys, owner, dietId, clock.now())
    return page(parts, context, 'diets', await view(parts, context, { dietId, note }))
  })
}

async function view(
  parts: PortalParts,
  context: PortalContext,
  opened: { dietId: string; note: string } | undefined,
): Promise<DietsView> {
  const { tenant, language } = context.var
  const t = translator(language)
  const today = romeDate(parts.services.clock.now())
  const children = await ownDiets(parts.services.db, ownerOf(context))
  return {
    ...frame(parts, context, null),
    children: children.map(({ firstName, diets }) => ({
      firstName,
      diets: diets
        .filter(({ validUntil }) => validUntil >= today)
        .map((diet) => ({
          id: diet.id,
          kind: t(`diets.kind.${diet.kind}`),
          validFrom: diet.validFrom,
          validUntil: diet.validUntil,
          isLater: diet.validFrom > today,
          certificateUntil: diet.certificateUntil ?? null,
          certificateEnds: needsCertificate(diet, today),
          hasNote: diet.hasNote,
          note: opened?.dietId === diet.id ? opened.note : null,
        })),
    })),
    contacts: {
      office: tenant.branding.officeName || null,
      phone: tenant.branding.phone || null,
      email: tenant.branding.email || null,
    },
  }
}

function needsCertificate({ certificateUntil, validUntil }: Diet, today: RomeDate): boolean {
  if (certificateUntil === undefined || certificateUntil >= validUntil) return false
  return certificateUntil <= addDays(today, CERTIFICATE_NOTICE_DAYS)
}
