import { expect } from 'vitest'
import { csvOf, familiesFile } from './families-file.ts'
import type { TestHouse } from './house.ts'
import { officeClient, type OfficeClient } from './office.ts'
import { until } from './process.ts'

/** The day from which opening balances hold. */
const DAY = '01/09/2026'

/** Hands a file in, as the form does; answers the path of its page, or of the form again. */
export async function upload(
  office: OfficeClient,
  tipo: string,
  bytes: Uint8Array,
  more: Record<string, string> = {},
) {
  const form = new FormData()
  form.set('form', await office.formOf(`/importazioni/nuova?tipo=${tipo}`))
  for (const [name, value] of Object.entries({ tipo, ...more })) form.set(name, value)
  form.set('file', new File([new Uint8Array(bytes)], 'prova.csv', { type: 'text/csv' }))
  return office.post('/importazioni/nuova', form)
}

/** A page's path under the office. */
export const under = (location: string) => location.replace(/^.*\/ufficio/, '')

/** The columns as the page proposes them. */
export async function proposed(office: OfficeClient, path: string): Promise<Record<string, string>> {
  const { text } = await office.get(path)
  const selects = [...text.matchAll(/<select[^>]*name="(colonna_\w+)"[^>]*>([\s\S]*?)<\/select>/g)]
  const chosen = selects.map(([, name, options]) => [
    name!,
    /value="(\d+)" selected/.exec(options!)?.[1] ?? '',
  ])
  return Object.fromEntries(chosen) as Record<string, string>
}

/** Sends one of a file's forms. */
export async function step(
  office: OfficeClient,
  path: string,
  what: string,
  fields: Record<string, string> = {},
) {
  return office.post(`${path}/${what}`, { form: await office.formOf(path), ...fields })
}

/** Waits until a file's page shows a state. */
export const shows = (office: OfficeClient, path: string, text: string) =>
  until(async () => {
    const page = await office.get(path)
    return page.text.includes(text) && page
  })

/** Uploads a file and has it checked with the proposed columns. */
export async function tried(
  office: OfficeClient,
  tipo: string,
  bytes: Uint8Array,
  more: Record<string, string> = {},
) {
  const { status, location } = await upload(office, tipo, bytes, more)
  expect(status).toBe(303)
  const path = under(location)
  const columns = await proposed(office, path)
  const { status: taken } = await step(office, path, 'colonne', { ...columns, scuole: 'si', giorno: DAY })
  expect(taken).toBe(303)
  return path
}

/** Entities whose clerk and accountant hand files in. */
export function importingEntities(world: TestHouse) {
  async function entity() {
    const tenant = await world.addTenant()
    return {
      tenant,
      clerk: await officeClient(world, tenant, 'clerk'),
      accountant: await officeClient(world, tenant, 'accountant'),
    }
  }

  /** An entity with two children in the register. */
  async function entityWithChildren() {
    const all = await entity()
    const path = await tried(all.clerk, 'alunni', csvOf(familiesFile(2)))
    await shows(all.clerk, path, 'La prova è andata bene')
    await step(all.clerk, path, 'conferma')
    await shows(all.clerk, path, 'Importazione completata')
    return all
  }
  return { entity, entityWithChildren }
}
