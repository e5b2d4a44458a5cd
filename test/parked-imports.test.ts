import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTenant } from '#core/db/tenant.ts'
import { enqueue } from '#core/jobs/outbox.ts'
import { moneyOverview } from '#core/office/overview.ts'
import type { Tenant } from '#core/tenant.ts'
import { csvOf, familiesFile } from './support/families-file.ts'
import { openTestHouse } from './support/house.ts'
import { importingEntities, shows, step, tried } from './support/import-pages.ts'

const world = await openTestHouse()
const { services } = world.house
const { entity } = importingEntities(world)

const audited = async ({ id }: Tenant) => {
  const rows = await inTenant(services.db, id, (tx) =>
    tx
      .selectFrom('audit_log')
      .select(['action', 'details'])
      .where('tenant_id', '=', id)
      .where('action', 'like', 'import.%')
      .orderBy('id')
      .execute(),
  )
  return rows.map(({ action }) => action)
}

describe('work on a file that was set aside', () => {
  /** A dry run that is confirmed and whose job has failed as often as it may. */
  async function stuck(parkedAt: Date | null = new Date()) {
    const all = await entity()
    const path = await tried(all.clerk, 'alunni', csvOf(familiesFile(2)))
    await shows(all.clerk, path, 'La prova è andata bene')
    const importId = path.split('/').at(-1)!
    const now = world.clock.now()
    const confirmed = { state: 'running', confirmed_at: now, confirmed_by: all.clerk.accountId } as const
    await world.database.owner.updateTable('imports').set(confirmed).where('id', '=', importId).execute()
    if (parkedAt)
      await inTenant(services.db, all.tenant.id, async (tx) => {
        const data = { tenantId: all.tenant.id, importId }
        await enqueue(tx, { tenantId: all.tenant.id, job: 'import.run', data }, now)
        await sql`update outbox set parked_at = ${parkedAt}, last_error = 'disk full'
          where tenant_id = ${all.tenant.id} and job = 'import.run'`.execute(tx)
      })
    return { ...all, path }
  }
  const children = ({ id }: Tenant) =>
    world.database.owner.selectFrom('children').select('id').where('tenant_id', '=', id).execute()

  test('is told on its page, and put back by the office', async () => {
    const { tenant, clerk, path } = await stuck()
    const { text } = await clerk.get(path)
    expect(text).toContain('L’importazione si è fermata')
    expect(text).not.toContain('http-equiv="refresh"')
    expect((await step(clerk, path, 'riprova')).status).toBe(303)
    await shows(clerk, path, 'Importazione completata')
    expect(await children(tenant)).toHaveLength(2)
    expect(await audited(tenant)).toContain('import.retried')
    expect((await step(clerk, path, 'riprova')).location).toContain('fatto=stato')
  })

  test('is given up without a trace in the register, and makes room for the next file; what runs is not', async () => {
    const { tenant, clerk, path } = await stuck()
    const stopped = async () => (await moneyOverview(services.db, tenant.id, world.clock.now())).failing
    expect(await stopped()).toMatchObject([{ job: 'import.run', parked: 1 }])
    const next = await tried(clerk, 'alunni', csvOf(familiesFile(3)))
    await shows(clerk, next, 'La prova è andata bene')
    expect((await step(clerk, next, 'conferma')).status).toBe(409)
    expect((await step(clerk, path, 'ritira')).status).toBe(303)
    expect((await clerk.get(path)).text).toContain('non è stato scritto niente')
    expect(await stopped()).toEqual([])
    expect(await children(tenant)).toEqual([])
    await step(clerk, next, 'conferma')
    await shows(clerk, next, 'Importazione completata')
    expect(await children(tenant)).toHaveLength(3)

    const running = await stuck(null)
    const form = await running.clerk.formOf('/importazioni/nuova?tipo=alunni')
    for (const act of ['ritira', 'riprova'])
      expect((await running.clerk.post(`${running.path}/${act}`, { form })).location).toContain('fatto=stato')
    expect((await running.clerk.get(running.path)).text).toContain('Scrittura in corso')
  })
})
