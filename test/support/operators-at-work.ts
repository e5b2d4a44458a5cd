import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import type { TestHouse } from './house.ts'
import { officeClient } from './office.ts'
import { operatorClient, operatorsOf } from './operators.ts'

type Gestione = Awaited<ReturnType<typeof operatorClient>>

/** Operators in offices by leave: how one gets in, and what both logs have of it. */
export function operatorsAtWork(world: TestHouse) {
  const { house, url } = world
  const { db } = house.services
  const { settled } = operatorsOf(world)

  /** An entity that lets the operators in, and an operator. */
  async function opened(role = 'clerk', hours = '2') {
    const tenant = await world.addTenant()
    const boss = await officeClient(world, tenant)
    const given = await boss.post('/assistenza', { form: await boss.formOf('/assistenza'), role, hours })
    if (given.status !== 303) throw new Error(`no leave was given: HTTP ${given.status}`)
    const operator = await settled()
    const gestione = await operatorClient(world, operator.operatorId)
    return { tenant, boss, operator, gestione }
  }

  /** Enters the office from the entity's page. */
  const enter = (gestione: Gestione, { slug }: Tenant) =>
    gestione.post(`/enti/${slug}/assistenza`, {}, `/enti/${slug}`)

  /** The office, with the cookie that an operator was given. */
  function officeOf({ slug }: Tenant, cookie: string) {
    return async (path: string, fields?: Record<string, string>) => {
      const response = await fetch(`${url}/${slug}/ufficio${path}`, {
        method: fields ? 'POST' : 'GET',
        headers: { cookie, origin: url },
        body: fields ? new URLSearchParams(fields) : null,
        redirect: 'manual',
      })
      return { status: response.status, text: await response.text() }
    }
  }

  /** The one leave of an entity. */
  async function leaveOf(tenant: Tenant): Promise<string> {
    const { id } = await inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('support_leaves')
        .select('id')
        .where('tenant_id', '=', tenant.id)
        .executeTakeFirstOrThrow(),
    )
    return id
  }

  /** The entity's log, and the operator's own lines. */
  async function logsOf(tenant: Tenant, operatorId: string) {
    const own = await inTenant(db, tenant.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'actor_kind', 'actor_id', 'subject_kind', 'subject_id', 'details'])
        .where('tenant_id', '=', tenant.id)
        .orderBy('id')
        .execute(),
    )
    const theirs = await db
      .selectFrom('operator_audit_log')
      .select(['action', 'details', 'subject_id'])
      .where('operator_id', '=', operatorId)
      .orderBy('id')
      .execute()
    return { own, theirs }
  }

  return { settled, opened, enter, officeOf, leaveOf, logsOf }
}
