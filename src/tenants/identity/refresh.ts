import { X509Certificate } from 'node:crypto'
import type { Db } from '#core/db/connect.ts'
import type { Log } from '#core/log.ts'
import { readProviders } from '#identity/metadata/identity-providers.ts'
import type { Provider } from '#identity/scheme.ts'
import { trustOf, type MetadataSource } from './providers.ts'

const TIMEOUT_MS = 20_000
const BYTES_MAX = 4 * 1024 * 1024
/** A little less than a day, so that the day's look does not wander. */
const FRESH_MS = 23.5 * 3_600_000

interface Surroundings {
  readonly db: Db
  readonly log: Log
  readonly now: Date
}

/** The sources to look at again: every day, and every hour where the last look failed or there was none. */
export async function dueSources(
  sources: readonly MetadataSource[],
  { db, now }: Pick<Surroundings, 'db' | 'now'>,
): Promise<readonly MetadataSource[]> {
  const rows = await db.selectFrom('identity_metadata').select(['source', 'checked_at', 'problem']).execute()
  return sources.filter(({ name }) => {
    const row = rows.find(({ source }) => source === name)
    return !row || row.problem !== null || now.getTime() - row.checked_at.getTime() >= FRESH_MS
  })
}

/**
 * Fetches the metadata of every source. What is not signed as it should, or cannot be had, leaves the last good one in
 * place and is an alarm; so is every provider that comes, goes or changes its certificates.
 * @returns the sources that failed
 */
export async function refreshProviders(
  sources: readonly MetadataSource[],
  surroundings: Surroundings,
): Promise<readonly string[]> {
  const failed: string[] = []
  for (const source of sources) if (!(await refresh(source, surroundings))) failed.push(source.name)
  return failed
}

async function refresh(source: MetadataSource, { db, log, now }: Surroundings): Promise<boolean> {
  const former = await db
    .selectFrom('identity_metadata')
    .select('document')
    .where('source', '=', source.name)
    .executeTakeFirst()
  const document = await fetchDocument(source.url)
  const list = typeof document === 'string' ? undefined : await readProviders(document, trustOf(source), now)
  if (typeof document === 'string' || !list?.accepted) {
    const problem =
      typeof document === 'string' ? document : (list?.accepted === false && list.reason) || 'unknown'
    log.error({ source: source.name, problem }, 'metadata of identity providers was not taken')
    await db
      .updateTable('identity_metadata')
      .set({ checked_at: now, problem })
      .where('source', '=', source.name)
      .execute()
    return false
  }
  for (const { entityId, because } of list.skipped)
    log.warn({ source: source.name, entityId, because }, 'an identity provider was left out')
  const before = former && (await readProviders(former.document, trustOf(source), now))
  if (before?.accepted)
    for (const change of changes(before.providers, list.providers))
      log.warn({ source: source.name, ...change }, 'an identity provider changed')
  const row = { document, fetched_at: now, checked_at: now, problem: null }
  await db
    .insertInto('identity_metadata')
    .values({ source: source.name, ...row })
    .onConflict((conflict) => conflict.column('source').doUpdateSet(row))
    .execute()
  return true
}

/** The document, or why there is none. */
async function fetchDocument(url: string): Promise<Buffer | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
    if (!response.ok) return `HTTP ${response.status}`
    if (Number(response.headers.get('content-length') ?? 0) > BYTES_MAX) return 'too-large'
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > BYTES_MAX) return 'too-large'
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    return error instanceof Error ? error.name : 'no answer'
  }
}

interface ProviderChange {
  readonly entityId: string
  readonly change: 'came' | 'gone' | 'certificates'
  /** SHA-256 fingerprints. */
  readonly added?: readonly string[]
  readonly removed?: readonly string[]
}

function changes(before: readonly Provider[], after: readonly Provider[]): ProviderChange[] {
  const former = new Map(before.map((one) => [one.entityId, one]))
  const current = new Map(after.map((one) => [one.entityId, one]))
  return [
    ...after
      .filter(({ entityId }) => !former.has(entityId))
      .map(({ entityId }) => ({ entityId, change: 'came' as const })),
    ...before.flatMap((old): ProviderChange[] => {
      const { entityId } = old
      const kept = current.get(entityId)
      if (!kept) return [{ entityId, change: 'gone' }]
      const [was, is] = [fingerprints(old), fingerprints(kept)]
      const added = is.filter((one) => !was.includes(one))
      const removed = was.filter((one) => !is.includes(one))
      return added.length + removed.length === 0 ? [] : [{ entityId, change: 'certificates', added, removed }]
    }),
  ]
}

function fingerprints({ certificates }: Provider): string[] {
  return certificates.map((pem) => new X509Certificate(pem).fingerprint256)
}
