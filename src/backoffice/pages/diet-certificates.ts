import { addDays, isRomeDate, romeDate } from '#core/clock.ts'
import { translator } from '#core/i18n.ts'
import { isId } from '#core/ids.ts'
import {
  CERTIFICATE_WARNING_DAYS,
  endingCertificates,
  type CertificateKey,
  type EndingCertificate,
} from '#meals/diet-certificates.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address } from '../query.ts'
import type { CertificateRow } from '../views/diets.ts'

/** `{base}/certificati`: the diets whose certificate has ended or ends soon. Notes are on no list. */
export function dietCertificateRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /certificati', async (context) => {
    const { db, clock } = parts.services
    const { tenant, language } = context.var
    const t = translator(language)
    const base = officeOf(tenant)
    const path = `${base}/certificati`
    const today = romeDate(clock.now())
    const until = addDays(today, CERTIFICATE_WARNING_DAYS)
    const after = readKey(context.req.query('dopo'))
    const { total, rows, next } = await endingCertificates(db, tenant.id, { today, until }, { after })

    const rowOf = (one: EndingCertificate): CertificateRow => ({
      href: `${base}/alunni/${one.childId}/dieta`,
      name: one.childName,
      school: one.schoolName ?? '',
      className: one.className ?? '',
      kind: t(`diets.kind.${one.kind}`),
      certificateUntil: one.certificateUntil,
      validUntil: one.validUntil,
      state:
        one.certificateUntil < today
          ? { text: t('diets.certificates.state.ended'), tone: 'failed' }
          : { text: t('diets.certificates.state.soon'), tone: 'open' },
    })
    return page(parts, context, 'office/diet-certificates', {
      ...frame(parts, context, 'certificates'),
      until,
      total,
      rows: rows.map(rowOf),
      nextHref: next ? address(path, { dopo: `${next.certificateUntil}_${next.dietId}` }) : null,
      firstHref: after ? path : null,
    })
  })
}

function readKey(text = ''): CertificateKey | undefined {
  const [certificateUntil = '', dietId = ''] = text.split('_')
  return isRomeDate(certificateUntil) && isId(dietId) ? { certificateUntil, dietId } : undefined
}
