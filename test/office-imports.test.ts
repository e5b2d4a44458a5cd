import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { checkLedger } from '#core/ledger/check.ts'
import { inTenant } from '#core/db/tenant.ts'
import type { Tenant } from '#core/tenant.ts'
import { csvOf, familiesFile, inventedCode } from './support/families-file.ts'
import { openTestHouse } from './support/house.ts'
import { importingEntities, proposed, shows, step, tried, under, upload } from './support/import-pages.ts'
import { officeClient } from './support/office.ts'
import { workbook } from './support/workbook.ts'

const world = await openTestHouse()
const { services } = world.house

const { entity, entityWithChildren } = importingEntities(world)

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

describe('families', () => {
  test('go from the template to the register page by page, also without a script', async () => {
    const { tenant, clerk } = await entity()
    const template = await clerk.get('/importazioni/modello.csv?tipo=alunni')
    const bytes = new Uint8Array(await template.response.arrayBuffer())
    expect(template.response.headers.get('content-disposition')).toContain('modello-alunni.csv')
    const path = await tried(clerk, 'alunni', bytes)
    const checked = await shows(clerk, path, 'La prova è andata bene')
    expect(checked.text).toContain('Provetti Sofia')
    expect(checked.text).toContain('Scuola: DANTE')
    await step(clerk, path, 'conferma')
    await shows(clerk, path, 'Importazione completata')
    const again = await tried(clerk, 'alunni', bytes)
    expect((await shows(clerk, again, 'Non c’è niente da importare')).text).not.toContain('/conferma')
    expect(await audited(tenant)).toEqual([
      'import.uploaded',
      'import.confirmed',
      'import.completed',
      'import.uploaded',
    ])
    expect((await clerk.get('/importazioni')).text).toMatch(/prova\.csv[\s\S]*Completata/)
  })

  test('come from a workbook as well, and the choice of columns is remembered for the same headers', async () => {
    const { clerk } = await entity()
    const rows = [
      ['Chi', 'Come', 'CF', 'Annotazioni'],
      ['Provetti', 'Ada', inventedCode(1, 'F'), 'x'],
    ]
    const { location } = await upload(clerk, 'alunni', workbook(rows))
    const path = under(location)
    expect(await proposed(clerk, path)).toMatchObject({
      colonna_child_last_name: '',
      colonna_child_fiscal_code: '2',
    })
    const lacking = await step(clerk, path, 'colonne', { colonna_child_last_name: '0' })
    expect([lacking.status, lacking.text.includes('senza questa il file non si può leggere')]).toEqual([
      422,
      true,
    ])
    const twice = { colonna_child_last_name: '0', colonna_child_first_name: '0' }
    expect((await step(clerk, path, 'colonne', twice)).text).toContain('La colonna A è già stata scelta')
    const chosen = {
      colonna_child_last_name: '0',
      colonna_child_first_name: '1',
      colonna_child_fiscal_code: '2',
    }
    await step(clerk, path, 'colonne', chosen)
    await shows(clerk, path, 'La prova è andata bene')
    const reordered = rows.map(([last, first, code, note]) => [note!, code!, first!, last!])
    const later = under((await upload(clerk, 'alunni', workbook(reordered))).location)
    expect(await proposed(clerk, later)).toMatchObject({
      colonna_child_last_name: '3',
      colonna_child_first_name: '2',
      colonna_child_fiscal_code: '1',
    })
  })

  test('with mistakes: each stands on the page and in a file, with row, header and what is wrong', async () => {
    const { clerk } = await entity()
    const rows = familiesFile(2)
    rows[2]![2] = 'PRVSFO18E41Z999A'
    const path = await tried(clerk, 'alunni', csvOf(rows))
    const { text } = await shows(clerk, path, 'Il file ha un errore')
    expect(text).toMatch(
      /<\/span>3<\/th>[\s\S]*Codice fiscale alunno[\s\S]*il carattere di controllo non torna/,
    )
    expect(text).not.toContain('PRVSFO18E41Z999A')
    const list = await clerk.get(`${path}/errori.csv`)
    expect(list.text).toContain('"3";"Codice fiscale alunno";"Non è un codice fiscale valido')
  })

  test('leave in a report only for who has read what it holds, and that is written down', async () => {
    const { tenant, clerk } = await entity()
    const rows = familiesFile(1)
    rows[1]![0] = '=1+1'
    const path = await tried(clerk, 'alunni', csvOf(rows))
    await shows(clerk, path, 'La prova è andata bene')
    expect((await step(clerk, path, 'resoconto.csv')).status).toBe(422)
    expect(await audited(tenant)).not.toContain('import.report_read')
    const report = await step(clerk, path, 'resoconto.csv', { letto: 'si' })
    expect(report.text).toContain(`"2";"Nuova";"'=1+1 Ada"`)
    expect(await audited(tenant)).toContain('import.report_read')
  })

  test('are no business of an accountant', async () => {
    const { clerk, accountant } = await entityWithChildren()
    const { text } = await clerk.get('/importazioni')
    const path = under(/href="([^"]+\/importazioni\/[0-9a-f-]{36})"/.exec(text)![1]!)
    expect((await accountant.get(path)).status).toBe(403)
    expect((await accountant.get('/importazioni/nuova?tipo=alunni')).status).toBe(403)
    expect((await accountant.get('/importazioni')).text).not.toContain('prova.csv')
  })

  test('whose file is none are refused in words', async () => {
    const { clerk } = await entity()
    for (const [bytes, status, told] of [
      [Buffer.from('PK\x03\x04 no'), 422, 'Non è un CSV'],
      [Buffer.from('A;B\n1;"2'), 422, 'Alla riga 2 ci sono virgolette'],
      [Buffer.from(';'.repeat(100_000)), 422, 'più di 200 colonne'],
      [Buffer.from(`A\n${'1\n'.repeat(100_001)}`), 413, 'supera 20 MB'],
    ] as const) {
      const answer = await upload(clerk, 'alunni', bytes)
      expect([answer.status, answer.text.includes(told)], told).toEqual([status, true])
    }
    expect((await upload(clerk, 'inventato', Buffer.from('x')).catch(() => undefined))?.status ?? 303).toBe(
      303,
    )
  })

  test('are given up before they are written: the file is gone', async () => {
    const { clerk } = await entity()
    const path = await tried(clerk, 'alunni', csvOf(familiesFile(1)))
    await shows(clerk, path, 'La prova è andata bene')
    await step(clerk, path, 'ritira')
    expect((await clerk.get(path)).text).toContain('Questa importazione è stata annullata')
    const late = await clerk.post(`${path}/conferma`, {
      form: await clerk.formOf('/importazioni/nuova?tipo=alunni'),
    })
    expect(late.location).toContain('?fatto=stato')
  })
})

describe('opening balances', () => {
  const file = (...amounts: string[]) =>
    csvOf([['CF alunno', 'Saldo'], ...amounts.map((amount, index) => [inventedCode(index + 1, 'F'), amount])])
  const control = { rows: '2', sum: '32,60' }
  const openings = ({ id }: Tenant) =>
    inTenant(services.db, id, (tx) =>
      sql<{ reference: string; cents: bigint; balance: bigint }>`
        select t.reference, p.amount_cents as cents, w.balance_cents as balance from ledger_transactions t
        join ledger_postings p on p.tenant_id = t.tenant_id and p.transaction_id = t.id and p.account = 'wallet'
        join wallets w on w.tenant_id = p.tenant_id and w.id = p.wallet_id
        where t.tenant_id = ${id} and t.kind = 'opening' order by p.amount_cents`.execute(tx),
    ).then(({ rows }) => rows)

  test('are booked once a wallet, after a second person’s word; over two imports nothing is booked twice', async () => {
    const { tenant, clerk, accountant } = await entityWithChildren()
    const path = await tried(clerk, 'saldi', file('37,50', '-4,90'), control)
    await shows(clerk, path, 'La prova è andata bene')
    await step(clerk, path, 'conferma')
    expect((await clerk.get(path)).text).toContain('Non puoi approvarla tu')
    expect(await openings(tenant)).toEqual([])
    // Whoever may approve finds it with everything else that waits.
    const waiting = (await accountant.get('/da-approvare')).text
    for (const told of [`/ufficio${path}"`, 'prova.csv', 'Saldi iniziali', '32,60'])
      expect(waiting).toContain(told)
    expect((await step(accountant, path, 'approva')).status).toBe(303)
    expect((await accountant.get('/da-approvare')).text).toContain('Niente da approvare')
    await shows(clerk, path, 'Importazione completata')
    const booked = await openings(tenant)
    expect(booked.map(({ cents, balance }) => [cents, balance])).toEqual([
      [-490n, -490n],
      [3750n, 3750n],
    ])
    expect(booked[0]!.reference).toMatch(/^import:[0-9a-f]{32}:[0-9a-f-]{36}:REFEZIONE$/)
    // The same file, and the same balances in another one.
    for (const again of [
      file('37,50', '-4,90'),
      csvOf([
        ['Saldo', 'CF alunno'],
        ['37,50', inventedCode(1, 'F')],
        ['-4,90', inventedCode(2, 'F')],
      ]),
    ])
      await shows(clerk, await tried(clerk, 'saldi', again, control), 'Non c’è niente da importare')
    const other = await tried(clerk, 'saldi', file('40,00', '-4,90'), { rows: '2', sum: '35,10' })
    expect((await shows(clerk, other, 'Il file ha un errore')).text).toContain(
      'già registrato con un altro importo',
    )
    expect(await openings(tenant)).toEqual(booked)
    expect(await checkLedger(services.db, tenant.id)).toEqual([])
    expect(await audited(tenant)).toContain('import.approved')
  })

  test('whose totals are not those written before are refused, as are children that are not there', async () => {
    const { tenant, clerk } = await entityWithChildren()
    const path = await tried(clerk, 'saldi', file('37,50', '-4,90', '1,00'), control)
    const { text } = await shows(clerk, path, 'Il file ha 3 errori')
    expect(text).toContain('Le righe del file sono 3')
    expect(text).toContain('La somma del file è 33,60 €')
    expect(text).toContain('Questo alunno non è nel registro')
    expect(await openings(tenant)).toEqual([])
    const untold = await upload(clerk, 'saldi', file('1,00'), { rows: 'due', sum: '' })
    expect([untold.status, untold.text.includes('Scrivi la somma in euro')]).toEqual([422, true])
  })

  test('are approved by nobody who uploaded or confirmed them, whatever their role', async () => {
    const { tenant } = await entityWithChildren()
    const administrator = await officeClient(world, tenant)
    const path = await tried(administrator, 'saldi', file('37,50', '-4,90'), control)
    await shows(administrator, path, 'La prova è andata bene')
    await step(administrator, path, 'conferma')
    const form = await administrator.formOf(path)
    expect((await administrator.post(`${path}/approva`, { form })).status).toBe(403)
    expect(await openings(tenant)).toEqual([])
  })
})

test('payments at the desk are taken in as long as the desk is open; then the page and the upload tell why not', async () => {
  const { tenant, clerk, accountant } = await entityWithChildren()
  const file = csvOf([
    ['CF alunno', 'Importo', 'Data', 'Modo', 'Ricevuta'],
    [inventedCode(1, 'F'), '50,00', '01/09/2026', 'cassa', '1/2026'],
  ])
  const control = { rows: '1', sum: '50,00' }
  const path = await tried(clerk, 'versamenti', file, control)
  await shows(clerk, path, 'La prova è andata bene')
  await step(clerk, path, 'conferma')
  await step(accountant, path, 'approva')
  await shows(clerk, path, 'Importazione completata')
  expect((await clerk.get('/sportello')).text).toContain('1/2026')
  const form = await clerk.formOf('/importazioni/nuova?tipo=versamenti')
  await services.db
    .updateTable('tenants')
    .set({ policies: JSON.stringify({ pagopaOnlyFrom: '2026-09-02' }) })
    .where('id', '=', tenant.id)
    .execute()
  world.house.registry.forget()
  expect((await clerk.get('/importazioni')).text).toContain('Dal 02/09/2026 questo ente accetta solo')
  const refused = await clerk.get('/importazioni/nuova?tipo=versamenti')
  expect([refused.status, refused.text.includes('Dal 02/09/2026')]).toEqual([409, true])
  const body = new FormData()
  for (const [name, value] of Object.entries({ form, tipo: 'versamenti', ...control })) body.set(name, value)
  body.set('file', new File([new Uint8Array(file)], 'prova.csv'))
  expect((await clerk.post('/importazioni/nuova', body)).status).toBe(409)
})
