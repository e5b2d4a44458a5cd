import { sql } from 'kysely'
import type { Tenant } from '#core/tenant.ts'
import type { TestHouse } from './house.ts'
import type { OfficeClient } from './office.ts'

/** Takes an entity back to a state in which it has never been live, as no part of the product can. */
export async function neverLive(
  { database, house }: TestHouse,
  tenant: Tenant,
  state: 'draft' | 'rehearsal' = 'draft',
): Promise<Tenant> {
  await database.owner
    .updateTable('tenants')
    .set({ state, live_since: null } as never)
    .where('id', '=', tenant.id)
    .execute()
  await sql`update receipts set rehearsed = true where tenant_id = ${tenant.id}`.execute(database.owner)
  return freshTenant({ house }, tenant.id)
}

/** An entity as it is stored now. */
export async function freshTenant({ house }: Pick<TestHouse, 'house'>, tenantId: string): Promise<Tenant> {
  house.registry.forget()
  return (await house.registry.byId(tenantId))!
}

/** The fields of a page's first form that posts there, as a browser would send them unchanged. */
export async function formAt(office: OfficeClient, path: string): Promise<Record<string, string>> {
  return fieldsOf((await office.get(path)).text, path)
}

/** The fields of the form in a page whose action ends with the path. */
export function fieldsOf(page: string, path: string): Record<string, string> {
  const form = page
    .split('<form ')
    .slice(1)
    .find((one) => one.split('>')[0]!.includes(`${path}"`))
  if (form === undefined) throw new Error(`no form posts to ${path}`)
  const fields: Record<string, string> = {}
  const html = form.split('</form>')[0]!
  for (const [tag] of html.matchAll(/<input [^>]*>/g)) {
    const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(` ${tag.slice(7)}`)?.[1]
    const name = attribute('name')
    if (!name || (attribute('type') === 'checkbox' && !/ checked/.test(tag))) continue
    fields[name] = unescaped(attribute('value') ?? '')
  }
  for (const [, name, inner] of html.matchAll(/<select [^>]*name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g))
    fields[name!] = /value="([^"]*)" selected/.exec(inner!)?.[1] ?? ''
  return fields
}

function unescaped(text: string): string {
  return text
    .replaceAll('&#x3D;', '=')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
}
