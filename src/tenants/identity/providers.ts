import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Clock } from '#core/clock.ts'
import { ConfigError } from '#core/config.ts'
import type { Db } from '#core/db/connect.ts'
import { readProviders, type MetadataTrust } from '#identity/metadata/identity-providers.ts'
import type { Provider, Providers } from '#identity/scheme.ts'
import { schemeNamed } from '#identity/schemes.ts'

/** Where the metadata of a scheme's providers is published, and whose signature it bears. */
export interface MetadataSource {
  /** Names it in the database and in alarms. */
  readonly name: string
  readonly scheme: string
  readonly url: string
  /** PEM; several while one replaces another. */
  readonly certificates: readonly string[]
}

/** A file of metadata that the installation's administrator put there. */
export interface MetadataFile {
  readonly scheme: string
  readonly path: string
}

/** The identity providers that this installation knows. */
export interface ProviderDirectory extends Providers {
  list(scheme: string): Promise<readonly Provider[]>
  /** Looks at the stored metadata again, now. */
  forget(): void
}

/** Metadata change once in months; a rotation must show within the minute it is stored. */
const LOOK_EVERY_MS = 30_000

/**
 * Knows providers from local files, read once, and from the last good metadata in the database, whose signature is
 * verified again at every reading: who can write that table can add no provider.
 * @throws ConfigError for a file that is none, or not fit for this installation
 */
export async function openProviderDirectory(
  db: Db,
  clock: Clock,
  options: {
    readonly sources: readonly MetadataSource[]
    readonly files: readonly MetadataFile[]
    readonly isProduction: boolean
  },
): Promise<ProviderDirectory> {
  const local = await readFiles(options.files, clock, options.isProduction)
  const parsed = new Map<string, { digest: string; providers: readonly Provider[] }>()
  let looked = 0
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    for (const source of options.sources) {
      const row = await db
        .selectFrom('identity_metadata')
        .select('document')
        .where('source', '=', source.name)
        .executeTakeFirst()
      if (!row) continue
      const digest = createHash('sha256').update(row.document).digest('hex')
      if (parsed.get(source.name)?.digest === digest) continue
      const list = await readProviders(row.document, trustOf(source), clock.now())
      if (list.accepted) parsed.set(source.name, { digest, providers: list.providers })
    }
    looked = Date.now()
  }

  async function all(scheme: string): Promise<Provider[]> {
    if (Date.now() - looked > LOOK_EVERY_MS) await (looking ??= look().finally(() => (looking = undefined)))
    const published = options.sources
      .filter((source) => source.scheme === scheme)
      .flatMap((source) => parsed.get(source.name)?.providers ?? [])
    return [...(local.get(scheme) ?? []), ...published]
  }

  return {
    find: async (scheme, entityId) => (await all(scheme)).find((one) => one.entityId === entityId),
    list: all,
    forget: () => (looked = 0),
  }
}

/** Why the documents of a source are believed. */
export function trustOf({ certificates }: MetadataSource): MetadataTrust {
  return { kind: 'signed-by', certificates }
}

async function readFiles(
  files: readonly MetadataFile[],
  clock: Clock,
  isProduction: boolean,
): Promise<Map<string, Provider[]>> {
  const found = new Map<string, Provider[]>()
  for (const { scheme, path } of files) {
    const problem = (text: string) => new ConfigError(`IDP_METADATA_FILES: ${path} ${text}`)
    if (!schemeNamed(scheme)) throw problem(`is for ${scheme}, which is no scheme`)
    let bytes: Buffer
    try {
      bytes = readFileSync(path)
    } catch (error) {
      throw problem(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`)
    }
    const list = await readProviders(bytes, { kind: 'local-file' }, clock.now())
    if (!list.accepted) throw problem(`is no metadata of identity providers: ${list.reason}`)
    const [unfit] = isProduction ? list.providers.filter(isForDemonstration) : []
    if (unfit) throw problem(`names ${unfit.entityId}, which is for demonstrations`)
    found.set(scheme, [...(found.get(scheme) ?? []), ...list.providers])
  }
  return found
}

/** The sandbox's providers know invented people only; a real installation must not let them in by mistake. */
function isForDemonstration({ entityId, singleSignOn }: Provider): boolean {
  const addresses = [entityId, singleSignOn.redirect, singleSignOn.post].filter((one) => one !== undefined)
  return addresses.some(
    (one) => !one.startsWith('https://') || URL.parse(one)?.pathname.startsWith('/sandbox-idp/'),
  )
}
