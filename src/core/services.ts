import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Db, Pool } from './db/connect.ts'
import type { DocumentRenderer } from './documents/render.ts'
import type { Language } from './i18n.ts'
import type { Log } from './log.ts'
import type { Mailer } from './mail.ts'
import type { Metrics } from './metrics.ts'
import type { NoticeScheme } from './notice-scheme.ts'
import type { TenantDirectory } from './tenant.ts'
import type { Templates } from './templates.ts'
import type { EventRecorder } from './top-ups/timeline.ts'
import type { Vault } from './vault.ts'

/** What the rooms above are given; wired once, in main.ts. */
export interface Services {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** The app role: hot paths call one SQL function through the pool, everything else goes through Kysely on it. */
  readonly pool: Pool
  readonly db: Db
  /** The relay role: sweeps across tenants. */
  readonly relay: Db
  readonly vault: Vault
  readonly tenants: TenantDirectory
  readonly scheme: NoticeScheme
  readonly documents: DocumentRenderer
  readonly mail: Mailer
  readonly templates: Templates
  readonly events: EventRecorder
  /** How people call a channel. */
  channelLabel(channelId: string, language: Language): string
  /** Tells the relay that the outbox has something new. */
  nudge(): void
}
