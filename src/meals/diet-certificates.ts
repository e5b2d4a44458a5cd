import type { RomeDate } from '#core/clock.ts'
import type { Db } from '#core/db/connect.ts'
import type { DietKind } from '#core/db/diet-tables.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { schoolYearOf } from '#tenants/people/school-year.ts'

/** For how many days before its end a certificate is asked for anew: a visit to the doctor wants some weeks. */
export const CERTIFICATE_WARNING_DAYS = 30
export const CERTIFICATES_PAGE = 50

/** A diet that is, or will be, served, and whose certificate has ended or is about to; without what was written besides. */
export interface EndingCertificate {
  readonly dietId: string
  readonly childId: string
  readonly childName: string
  /** Of the present school year; undefined for a child that is in no class. */
  readonly schoolName: string | undefined
  readonly className: string | undefined
  readonly kind: DietKind
  /** The certificate's last day. */
  readonly certificateUntil: RomeDate
  /** The diet's last day. */
  readonly validUntil: RomeDate
}

/** The last row of a page: an id and a day, since names do not stand in addresses. */
export type CertificateKey = Pick<EndingCertificate, 'certificateUntil' | 'dietId'>

/** Which certificates: of diets that are not over `today`, with a last day up to and with `until`. */
export interface CertificateSpan {
  readonly today: RomeDate
  readonly until: RomeDate
}

/** A page of the certificates that have ended or end soon, those that ended first before the others, and how many there are. */
export async function endingCertificates(
  db: Db,
  tenantId: string,
  span: CertificateSpan,
  { after, limit = CERTIFICATES_PAGE }: { after?: CertificateKey | undefined; limit?: number } = {},
): Promise<{ total: number; rows: EndingCertificate[]; next: CertificateKey | undefined }> {
  return inTenant(db, tenantId, async (tx) => {
    const { count } = await ending(tx, tenantId, span)
      .select(({ fn }) => fn.countAll<bigint>().as('count'))
      .executeTakeFirstOrThrow()
    const found = await pageOf(tx, tenantId, span, after, limit + 1)
    const rows = found.slice(0, limit).map((row): EndingCertificate => ({
      dietId: row.id,
      childId: row.child_id,
      childName: `${row.last_name} ${row.first_name}`,
      schoolName: row.school_name ?? undefined,
      className: row.class_name ?? undefined,
      kind: row.kind,
      certificateUntil: row.certificate_until!,
      validUntil: row.valid_until,
    }))
    return { total: Number(count), rows, next: found.length > limit ? rows.at(-1) : undefined }
  })
}

function pageOf(
  tx: Tx,
  tenantId: string,
  span: CertificateSpan,
  after: CertificateKey | undefined,
  limit: number,
) {
  return ending(tx, tenantId, span)
    .innerJoin('children as k', (join) =>
      join.onRef('k.tenant_id', '=', 'd.tenant_id').onRef('k.id', '=', 'd.child_id'),
    )
    .leftJoin('placements as p', (join) =>
      join
        .onRef('p.tenant_id', '=', 'd.tenant_id')
        .onRef('p.child_id', '=', 'd.child_id')
        .on('p.school_year', '=', schoolYearOf(span.today))
        .on((on) => on.or([on('p.left_on', 'is', null), on('p.left_on', '>', span.today)])),
    )
    .leftJoin('classes as c', (join) =>
      join.onRef('c.tenant_id', '=', 'p.tenant_id').onRef('c.id', '=', 'p.class_id'),
    )
    .leftJoin('schools as s', (join) =>
      join.onRef('s.tenant_id', '=', 'c.tenant_id').onRef('s.id', '=', 'c.school_id'),
    )
    .select(['d.id', 'd.child_id', 'd.kind', 'd.certificate_until', 'd.valid_until'])
    .select(['k.first_name', 'k.last_name', 'c.name as class_name', 's.name as school_name'])
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('d.certificate_until', 'd.id'), '>', tuple(after!.certificateUntil, after!.dietId)),
      ),
    )
    .orderBy('d.certificate_until')
    .orderBy('d.id')
    .limit(limit)
    .execute()
}

function ending(tx: Tx, tenantId: string, { today, until }: CertificateSpan) {
  return tx
    .selectFrom('diets as d')
    .where('d.tenant_id', '=', tenantId)
    .where('d.valid_until', '>=', today)
    .where('d.certificate_until', '<=', until)
}
