import { describe, expect, onTestFinished, test } from 'vitest'
import { addDays, romeDate } from '#core/clock.ts'
import { canValidate, hasValidator, xsdVerdicts } from '#pagopa/soap/test-reference.ts'
import { runProgram } from '../support/process.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
const { config, database } = stage
const tenant = await stage.addTenant()
const bare = await stage.addTenant({ serviceId: undefined, serviceSubjectId: undefined })

/** `npm run cli -- catalogue …` on this very database. */
const catalogue = (...words: string[]) =>
  runProgram(
    'src/cli.ts',
    {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://mensa.example.it',
      DATABASE_URL: config.DATABASE_URL,
      RELAY_DATABASE_URL: config.RELAY_DATABASE_URL,
      QUEUE_DATABASE_URL: database.urls.queue,
      SMTP_URL: 'smtp://127.0.0.1:9',
      MASTER_KEY: config.MASTER_KEY.toString('base64'),
      CHECKOUT_SUBSCRIPTION_KEY: 'prova',
      ACA_SUBSCRIPTION_KEY: 'prova',
      FDR_SUBSCRIPTION_KEY: 'prova',
      BIZ_EVENTS_SUBSCRIPTION_KEY: 'prova',
      PAGOPA_PROXIES: '127.0.0.1',
      PAGOPA_SUBJECTS: 'forwarder.platform.pagopa.it',
    },
    ['catalogue', ...words],
  )

describe('npm run cli -- catalogue', () => {
  test('prints the entity’s catalogue and nothing else, valid from tomorrow in Rome', async () => {
    const { code, output } = await catalogue(tenant.slug)
    expect([code, output.slice(0, 5)]).toEqual([0, '<?xml'])
    for (const text of [
      `<idServizio>${tenant.serviceId}</idServizio>`,
      `<idSoggettoServizio>${tenant.serviceSubjectId}</idSoggettoServizio>`,
      `<idDominio>${tenant.creditorFiscalCode}</idDominio>`,
      `<dataInizioValidita>${addDays(romeDate(new Date()), 1)}</dataInizioValidita>`,
    ])
      expect(output).toContain(text)
    const more = await catalogue(
      tenant.slug,
      '--from',
      '2027-01-01',
      '--until=2027-12-31',
      '--commission=N',
      '--description=Mensa & refezione',
    )
    expect(more.output).toContain(
      '<dataFineValidita>2027-12-31</dataFineValidita><commissione>N</commissione>',
    )
    expect(more.output).toContain('<descrizioneServizio>Mensa &amp; refezione</descrizioneServizio>')
    if (canValidate('the printed Catalogo dei Servizi'))
      expect(xsdVerdicts([output, more.output], 'xsd-common/CatalogoServizi_2_0_0.xsd')).toEqual([
        'valid',
        'valid',
      ])
  })

  test('prints the schema of the service’s data, which xmllint can read', async () => {
    const { code, output } = await catalogue(tenant.slug, '--schema')
    expect([code, output.slice(0, 5)]).toEqual([0, '<?xml'])
    if (!hasValidator('the printed schema')) return
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const folder = mkdtempSync(`${tmpdir()}/borsellino-catalogue-`)
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(`${folder}/printed.xsd`, output)
    const payload = (amount: string) =>
      `<x:ricaricaMensa xmlns:x="http://PuntoAccessoPSP.spcoop.gov.it/ricaricaMensa"><x:codicePagamento>7K3M9Q2XW4T8ZB6HJ0VNRCDPGY</x:codicePagamento><x:importo>${amount}</x:importo></x:ricaricaMensa>`
    expect(xsdVerdicts([payload('25.00'), payload('25,00')], `${folder}/printed.xsd`)).toEqual([
      'valid',
      'invalid',
    ])
  })

  test.each([
    ['no entity', [], 'No entity (none named) here.'],
    ['an unknown entity', ['nessuno'], 'No entity nessuno here.'],
    ['an entity without the service', [bare.slug], `${bare.slug} has no service`],
    ['a day that is none', [tenant.slug, '--from=2027-02-30'], '2027-02-30 is no day'],
    ['an end before the beginning', [tenant.slug, '--from=2027-02-01', '--until=2027-01-01'], 'lies before'],
    ['a commission that is neither', [tenant.slug, '--commission=S'], '--commission is Y or N.'],
    ['an empty description', [tenant.slug, '--description= '], '--description says nothing.'],
  ])('says in words what is wrong with %s', async (_, words, told) => {
    const { code, output } = await catalogue(...words)
    expect([code, output]).toEqual([1, expect.stringContaining(told)])
    expect(output).not.toContain('<?xml')
  })
})
