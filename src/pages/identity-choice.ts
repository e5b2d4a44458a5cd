import { randomInt } from 'node:crypto'
import type { Language } from '#core/i18n.ts'
import { schemeNamed } from '#identity/schemes.ts'
import type { Provider } from '#identity/scheme.ts'
import type { Federation } from '#tenants/identity/federation.ts'

/** A way to sign in with an identity that the State vouches for: `partials/identity-buttons`. */
export interface IdentityChoice {
  /** Texts are `identity.<id>.…`. */
  readonly id: string
  readonly label: string
  readonly icon: string
  /** One is a button; several open as a list. */
  readonly providers: readonly { readonly name: string; readonly href: string }[]
  /** Where the scheme explains itself; `text` is a key under `identity.<id>`. */
  readonly links: readonly { readonly text: string; readonly href: string }[]
}

/**
 * The schemes that the entity offers, each with all its providers in an order of its own at every call: none shall
 * always be first (Avviso SPID 42, access button).
 * @param hrefOf where a choice leads
 */
export async function identityChoices(
  federation: Federation,
  tenantId: string,
  language: Language,
  hrefOf: (scheme: string, providerId: string) => string,
): Promise<IdentityChoice[]> {
  const offered = await federation.offered(tenantId)
  return Promise.all(
    offered.map(async (id) => {
      const scheme = schemeNamed(id)!
      const providers = shuffled(await federation.providers.list(id))
      return {
        id,
        label: scheme.label[language],
        icon: id,
        providers: providers.map((one) => ({
          name: providerName(one, language),
          href: hrefOf(id, one.entityId),
        })),
        links: scheme.links,
      }
    }),
  )
}

/** A provider as people know it: in their language, else in Italian, else by its host. */
export function providerName({ names, entityId }: Provider, language: Language): string {
  return names[language] ?? names.it ?? Object.values(names)[0] ?? URL.parse(entityId)?.host ?? entityId
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const list = [...items]
  for (let last = list.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    ;[list[last], list[other]] = [list[other]!, list[last]!]
  }
  return list
}

/** The address at which a browser begins to sign in with a provider. */
export function startHref(
  slug: string,
  scheme: string,
  providerId: string,
  errand: { next?: string | null; link?: boolean; office?: boolean } = {},
): string {
  const query = new URLSearchParams({ idp: providerId })
  if (errand.next) query.set('poi', errand.next)
  if (errand.link) query.set('collega', 'si')
  if (errand.office) query.set('ufficio', 'si')
  return `/${slug}/accedi/${scheme}?${query.toString()}`
}
