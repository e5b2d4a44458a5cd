import type { Db } from '#core/db/connect.ts'
import { inTenant } from '#core/db/tenant.ts'
import { DomainError } from '#core/errors.ts'
import { signedCents, type SignedCents } from '#core/money.ts'

/**
 * Something that one person of the office has asked for and a second one has to approve. Each kind of such acts is a
 * source of its own, which also books it; the list only leads there.
 */
export interface WaitingAct {
  readonly id: string
  /** Whom or what it is about, in plain words: a child's name, a file's. */
  readonly about: string
  /** Why, in the words of who asked; may be empty. */
  readonly reason: string
  /** What it does to the credit of families in sum. */
  readonly cents: SignedCents
  readonly askedBy: { readonly accountId: string; readonly name: string }
  readonly askedAt: Date
  /** From then on nobody can approve it; undefined where it waits without end. */
  readonly expiresAt: Date | undefined
  /** The page that shows it and takes the decision, under the office: `/da-approvare/<id>`. */
  readonly path: string
}

/** A kind of act that needs two persons; `approvals.source.<id>` names it on screen. */
export interface ApprovalSource {
  readonly id: string
  /** What waits now, the oldest first. */
  waiting(db: Db, tenantId: string, now: Date): Promise<readonly WaitingAct[]>
}

/** A correction that is not booked at once, as the second person sees it. */
export interface CorrectionDossier extends WaitingAct {
  readonly kind: 'reversal' | 'adjustment'
  readonly reversedKind: 'meal' | 'till' | 'adjustment' | undefined
  readonly childId: string
  readonly walletId: string
  readonly category: string
  readonly balanceCents: SignedCents
  /** `waiting` until somebody decides or the time is over. */
  readonly standing: 'waiting' | 'booked' | 'refused' | 'expired'
  readonly decidedAt: Date | undefined
  readonly decidedBy: string | undefined
  readonly refusal: string | undefined
}

export const correctionApprovals: ApprovalSource = {
  id: 'correction',
  async waiting(db, tenantId, now) {
    return read(db, tenantId, now, { expiringAfter: now })
  },
}

/** Corrections of one wallet that wait. */
export async function waitingCorrections(
  db: Db,
  tenantId: string,
  walletId: string,
  now: Date,
): Promise<readonly CorrectionDossier[]> {
  return read(db, tenantId, now, { walletId, expiringAfter: now })
}

/** One correction that waits or waited. @throws DomainError resource.not_found */
export async function findCorrection(
  db: Db,
  tenantId: string,
  id: string,
  now: Date,
): Promise<CorrectionDossier> {
  const [found] = await read(db, tenantId, now, { id })
  if (!found) throw new DomainError('resource.not_found')
  return found
}

async function read(
  db: Db,
  tenantId: string,
  now: Date,
  { id, walletId, expiringAfter }: { id?: string; walletId?: string; expiringAfter?: Date },
): Promise<CorrectionDossier[]> {
  const rows = await inTenant(db, tenantId, (tx) =>
    tx
      .selectFrom('ledger_corrections as c')
      .innerJoin('wallets as w', (join) =>
        join.onRef('w.tenant_id', '=', 'c.tenant_id').onRef('w.id', '=', 'c.wallet_id'),
      )
      .innerJoin('children as k', (join) =>
        join.onRef('k.tenant_id', '=', 'w.tenant_id').onRef('k.id', '=', 'w.child_id'),
      )
      .innerJoin('service_categories as s', (join) =>
        join.onRef('s.tenant_id', '=', 'w.tenant_id').onRef('s.code', '=', 'w.category'),
      )
      .innerJoin('accounts as a', (join) =>
        join.onRef('a.tenant_id', '=', 'c.tenant_id').onRef('a.id', '=', 'c.asked_by'),
      )
      .leftJoin('accounts as d', (join) =>
        join.onRef('d.tenant_id', '=', 'c.tenant_id').onRef('d.id', '=', 'c.decided_by'),
      )
      .where('c.tenant_id', '=', tenantId)
      .$if(id !== undefined, (query) => query.where('c.id', '=', id!))
      .$if(walletId !== undefined, (query) => query.where('c.wallet_id', '=', walletId!))
      .$if(expiringAfter !== undefined, (query) =>
        query.where('c.outcome', 'is', null).where('c.expires_at', '>', expiringAfter!),
      )
      .select(['c.id', 'c.kind', 'c.reversed_kind', 'c.amount_cents', 'c.reason', 'c.asked_by', 'c.asked_at'])
      .select([
        'c.expires_at',
        'c.outcome',
        'c.decided_at',
        'c.refusal',
        'c.wallet_id',
        'w.balance_cents',
        's.label',
      ])
      .select(['k.id as child_id', 'k.first_name', 'k.last_name'])
      .select(['a.first_name as by_first', 'a.last_name as by_last'])
      .select(['d.first_name as decider_first', 'd.last_name as decider_last'])
      .orderBy('c.asked_at')
      .orderBy('c.id')
      .limit(WAITING_SHOWN)
      .execute(),
  )
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    reversedKind: row.reversed_kind ?? undefined,
    about: `${row.first_name} ${row.last_name}`,
    childId: row.child_id,
    walletId: row.wallet_id,
    category: row.label,
    balanceCents: signedCents(row.balance_cents),
    reason: row.reason,
    cents: signedCents(row.amount_cents),
    askedBy: { accountId: row.asked_by, name: `${row.by_first} ${row.by_last}` },
    askedAt: row.asked_at,
    expiresAt: row.expires_at ?? undefined,
    path: `/da-approvare/${row.id}`,
    standing: row.outcome ?? (row.expires_at! <= now ? 'expired' : 'waiting'),
    decidedAt: row.decided_at ?? undefined,
    decidedBy: row.decider_first === null ? undefined : `${row.decider_first} ${row.decider_last}`,
    refusal: row.refusal ?? undefined,
  }))
}

/** More than an office lets lie; the oldest come first. */
const WAITING_SHOWN = 200
