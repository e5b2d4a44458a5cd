import type { Tenant } from '#core/tenant.ts'
import type { Seen } from './crawler.ts'
import type { TestHouse } from './house.ts'

/** Every file that the office hands out, and of how many families it tells. A new one must be weighed. */
export const FILES: Readonly<Record<string, 'none' | 'one' | 'several'>> = {
  'GET /foglio.pdf': 'none',
  'GET /importazioni/:id/errori.csv': 'none',
  'GET /importazioni/modello.csv': 'none',
  'GET /registro.csv': 'none',
  'GET /ricevute/:file': 'one',
  'GET /tariffe/:id/csv': 'none',
  'POST /importazioni/:id/resoconto.csv': 'several',
}

/** What somebody of the office took out, as the log names it. */
export async function exportsInLog(
  { database }: TestHouse,
  tenant: Tenant,
  accountId: string,
): Promise<string[]> {
  const rows = await database.owner
    .selectFrom('audit_log')
    .select('action')
    .where('tenant_id', '=', tenant.id)
    .where('actor_id', '=', accountId)
    .where('action', '<>', 'sign_in.succeeded')
    .orderBy('id')
    .execute()
  return rows.map(({ action }) => action)
}

export function isFile({ disposition, type }: Seen): boolean {
  return disposition.startsWith('attachment') || /csv|spreadsheet/.test(type)
}
