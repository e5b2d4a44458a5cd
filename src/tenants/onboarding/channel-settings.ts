import { z } from 'zod'
import { audit } from '#core/audit.ts'
import type { PaymentChannel } from '#core/channel.ts'
import type { Db } from '#core/db/connect.ts'
import { inTenant, type Tx } from '#core/db/tenant.ts'
import { fingerprint, plainText, settledOf, sortedEntries } from './settled.ts'

/** One setting of a channel as its form asks for it, drawn from the channel's own schema. */
export interface SettingField {
  readonly name: string
  readonly kind: 'whole' | 'text' | 'flag' | 'choice'
  readonly required: boolean
  /** Of numbers: the bounds; of texts: the greatest length. */
  readonly minimum?: number
  readonly maximum?: number
  readonly options: readonly string[]
  /** What counts where the field is left empty, as text; empty where there is none. */
  readonly preset: string
}

interface JsonProperty {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly default?: unknown
}

/** The form of a channel: one field a setting, with the bounds that its schema names. */
export function settingFields(channel: Pick<PaymentChannel, 'settings'>): SettingField[] {
  const schema = z.toJSONSchema(channel.settings, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, JsonProperty>
    required?: string[]
  }
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    kind: kindOf(property),
    required: schema.required?.includes(name) ?? false,
    ...boundsOf(property),
    options: property.enum ?? [],
    preset: plainText(property.default),
  }))
}

function kindOf({ type, enum: options }: JsonProperty): SettingField['kind'] {
  if (options) return 'choice'
  if (type === 'integer' || type === 'number') return 'whole'
  return type === 'boolean' ? 'flag' : 'text'
}

function boundsOf({ minimum, maximum, maxLength }: JsonProperty) {
  const greatest = maximum ?? maxLength
  return {
    ...(minimum !== undefined && { minimum }),
    // A number without a bound has the greatest that JSON keeps whole, which helps nobody.
    ...(greatest !== undefined && greatest < Number.MAX_SAFE_INTEGER && { maximum: greatest }),
  }
}

/** What was typed as the channel's settings, judged by its schema; or the fields that are wrong. */
export function readSettings(
  channel: Pick<PaymentChannel, 'settings'>,
  typed: Readonly<Record<string, string | undefined>>,
): { readonly settings: Record<string, unknown> } | { readonly wrong: readonly string[] } {
  const settings: Record<string, unknown> = {}
  const fields = settingFields(channel)
  for (const { name, kind } of fields) {
    const text = (typed[name] ?? '').trim()
    if (kind === 'flag') settings[name] = text === 'si'
    else if (text !== '') settings[name] = kind === 'whole' && /^-?\d{1,9}$/.test(text) ? Number(text) : text
  }
  const parsed = channel.settings.safeParse(settings)
  if (parsed.success) return { settings }
  const wrong = parsed.error.issues.map(({ path }) => String(path[0] ?? fields[0]?.name ?? ''))
  return { wrong: [...new Set(wrong)] }
}

/** How an entity has a channel. */
export interface ChannelState {
  readonly enabled: boolean
  /** As stored: what is left out has the channel's default. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Names this very state. */
  readonly version: string
}

/** How the entity has each channel; one without a row was never enabled. */
export async function channelStates(
  db: Db,
  tenantId: string,
  channels: readonly Pick<PaymentChannel, 'id'>[],
): Promise<ReadonlyMap<string, ChannelState>> {
  return inTenant(db, tenantId, async (tx) => {
    const states = await Promise.all(
      channels.map(async ({ id }) => [id, await stateOf(tx, tenantId, id)] as const),
    )
    return new Map(states)
  })
}

async function stateOf(tx: Tx, tenantId: string, channelId: string): Promise<ChannelState> {
  const row = await tx
    .selectFrom('tenant_channels')
    .select(['enabled', 'settings'])
    .where('tenant_id', '=', tenantId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst()
  const [enabled, settings] = [row?.enabled ?? false, (row?.settings ?? {}) as Record<string, unknown>]
  return { enabled, settings, version: fingerprint([enabled, sortedEntries(settings)]) }
}

/**
 * Opens, closes or changes a channel. What is under way is not touched: a notice that was given out can be paid.
 * @returns `conflict` where somebody changed it since `seen`
 */
export async function saveChannel(
  db: Db,
  tenantId: string,
  channelId: string,
  asked: { seen: string; enabled: boolean; settings: Record<string, unknown>; accountId: string },
  now: Date,
): Promise<'saved' | 'conflict'> {
  return inTenant(db, tenantId, async (tx) => {
    await settledOf(tx, tenantId, { lock: true })
    const before = await stateOf(tx, tenantId, channelId)
    if (before.version !== asked.seen) return 'conflict'
    const { enabled, settings } = asked
    await tx
      .insertInto('tenant_channels')
      .values({ tenant_id: tenantId, channel_id: channelId, settings, enabled })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'channel_id']).doUpdateSet({ settings, enabled }),
      )
      .execute()
    const names = new Set([...Object.keys(before.settings), ...Object.keys(settings)])
    const changed = [...names].filter((name) => before.settings[name] !== settings[name])
    const facts = changed.flatMap((name) => [
      [`${name}.before`, plain(before.settings[name])],
      [`${name}.after`, plain(settings[name])],
    ])
    const details = {
      channel: channelId,
      'enabled.before': before.enabled,
      'enabled.after': enabled,
      ...(Object.fromEntries(facts) as Record<string, string | null>),
    }
    const actor = { kind: 'staff', id: asked.accountId } as const
    const subject = { kind: 'tenant', id: tenantId } as const
    await audit(tx, tenantId, { actor, action: 'settings.channel_changed', subject, details }, now)
    return 'saved'
  })
}

function plain(value: unknown): string | null {
  return value === undefined ? null : plainText(value).slice(0, 200)
}
