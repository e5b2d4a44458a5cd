import type { PaymentChannel } from '#core/channel.ts'
import type { NewTenant } from './create.ts'

/** What somebody who takes an entity aboard says of it. What is left out follows from the rest. */
export interface EntityFacts {
  readonly name: string
  readonly slug?: string | undefined
  readonly creditorName?: string | undefined
  readonly creditorFiscalCode: string
  readonly segregationCode: string
  /** Left out for a draft that has no account yet. */
  readonly iban?: string | undefined
  readonly broker?: string | undefined
  readonly station?: string | undefined
  readonly serviceId?: string | undefined
  readonly serviceSubjectId?: string | undefined
  readonly ipaCode?: string | undefined
  /** `#rrggbb` */
  readonly color?: string | undefined
  /** The office's own address. */
  readonly email?: string | undefined
  readonly category?: string | undefined
  readonly categoryLabel?: string | undefined
  readonly taxonomy?: string | undefined
}

/** What most entities have, proposed to whoever takes one aboard. */
export const USUAL = {
  color: '#0059b3',
  category: 'REFEZIONE',
  categoryLabel: 'Mensa scolastica',
  paymentDescription: 'Ricarica refezione scolastica',
  taxonomy: '9/0107101TS/',
} as const

/** The entity that the facts describe, with every channel that needs to be told nothing first. */
export function entityFrom(
  facts: EntityFacts,
  state: NonNullable<NewTenant['state']>,
  channels: readonly PaymentChannel[],
): NewTenant {
  const { name, creditorFiscalCode: fiscalCode } = facts
  const broker = facts.broker ?? fiscalCode
  // A channel that needs to be told something stays closed until the entity sets it.
  const open = channels.flatMap(({ id, settings }): [string, unknown][] => {
    const defaults = settings.safeParse({})
    return defaults.success ? [[id, defaults.data]] : []
  })
  return {
    state,
    slug: facts.slug ?? slugOf(name),
    name,
    creditorFiscalCode: fiscalCode,
    segregationCode: facts.segregationCode,
    ...(facts.ipaCode && { ipaCode: facts.ipaCode }),
    ...(facts.serviceId && { serviceId: facts.serviceId }),
    ...(facts.serviceSubjectId && { serviceSubjectId: facts.serviceSubjectId }),
    creditor: {
      name: facts.creditorName ?? name,
      brokerFiscalCode: broker,
      stationId: facts.station ?? `${broker}_01`,
      ...(facts.iban && { iban: facts.iban }),
    },
    branding: {
      primaryColor: facts.color ?? USUAL.color,
      initials: initialsOf(name),
      ...(facts.email && { email: facts.email }),
    },
    policies: {},
    categories: [
      {
        code: facts.category ?? USUAL.category,
        label: facts.categoryLabel ?? USUAL.categoryLabel,
        paymentDescription: USUAL.paymentDescription,
        taxonomyCode: facts.taxonomy ?? USUAL.taxonomy,
      },
    ],
    channels: Object.fromEntries(open),
  }
}

/** The address that a name suggests: `Comune di Cassano Magnago` → `cassano-magnago`. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain
    .replace(/^(comune|citta|unione) (di|del|della|dei) /, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '')
}

function initialsOf(name: string): string {
  const words = name
    .split(/\s+/)
    .filter((word) => /^\p{Lu}/u.test(word) && !/^(Comune|Città|Unione)$/.test(word))
  return (words.map((word) => word[0]).join('') || name[0] || 'E').slice(0, 2)
}
