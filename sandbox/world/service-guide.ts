import { post } from './chapter.ts'
import type { Chapter, Sample } from './chapter.ts'

/** The chapters on the services that creditors call, and on the orders to them. */
export function serviceChapters({ url, fiscalCode, noticeNumber }: Sample): Chapter[] {
  const key = `-H 'Ocp-Apim-Subscription-Key: prova'`
  const flows = `${url}/fdr-org/service/v1/organizations/${fiscalCode}/fdrs`
  const receipts = `${url}/bizevents/service/v1/organizations/${fiscalCode}/receipts`
  return [
    {
      title: 'ACA',
      text: 'Le posizioni annunciate, come le pubblica pagoPA; importo 0 chiude. Poi che cosa è stato annunciato, con la sua storia, e il guasto a comando.',
      example: [
        `curl ${url}/aca/v1/paCreatePosition ${key} --json @posizione.json`,
        `curl '${url}/api/aca/positions?fiscalCode=${fiscalCode}&noticeNumber=${noticeNumber}'`,
        post(`${url}/api/aca/failure`, '{"status":503,"times":3}', '-X PUT '),
      ].join('\n'),
    },
    {
      title: 'Flussi di rendicontazione',
      text: 'Elenco (da un mese fa, se non si dice publishedGt e flowDate; solo l’ultima revisione), testata e pagamenti a pagine di 1000.',
      example: [
        `curl '${flows}?publishedGt=2026-01-01T00:00:00Z&flowDate=2026-01-01T00:00:00Z&page=1&size=1000' ${key}`,
        `curl ${flows}/{fdr}/revisions/1/psps/SIMBANCA1 ${key}`,
        `curl '${flows}/{fdr}/revisions/1/psps/SIMBANCA1/payments?page=1&size=1000' ${key}`,
      ].join('\n'),
    },
    {
      title: 'Comporre i flussi',
      text: 'close-day chiude la giornata (fiscalCode, pspId, date); flows scrive un flusso a mano (lines) o la copia di uno (copyOf, changes per indice con omit, extraLines) con fdr, revision, flowDate, published, totPayments, sumCents e bank (null: nessun accredito); bulk ne fa uno lunghissimo (la riga i ha la base firstBase+i-1, lo IUR iurPrefix e i su dieci cifre).',
      example: [
        post(`${url}/api/fdr/close-day`, `{"fiscalCode":"${fiscalCode}"}`),
        post(
          `${url}/api/fdr/flows`,
          `{"fiscalCode":"${fiscalCode}","copyOf":{"fdr":"…"},"changes":[{"index":1,"amountCents":1}]}`,
        ),
        post(
          `${url}/api/fdr/bulk`,
          `{"fiscalCode":"${fiscalCode}","count":100000,"segregationCode":"01","firstBase":1,"iurPrefix":"massa"}`,
        ),
        `curl '${url}/api/fdr/flows?fiscalCode=${fiscalCode}'`,
        post(`${url}/api/fdr/failure`, '{"timeoutMs":20000}', '-X PUT '),
      ].join('\n'),
    },
    {
      title: 'La banca',
      text: 'I movimenti dell’ente come li esporta una banca italiana, anche da un giorno all’altro (from, to); un movimento a mano, con il segno.',
      example: [
        `curl '${url}/api/fdr/bank-statement.csv?fiscalCode=${fiscalCode}' -o movimenti.csv`,
        post(
          `${url}/api/fdr/bank-movements`,
          `{"fiscalCode":"${fiscalCode}","date":"2026-11-24","amountCents":2500,"text":"/RFB/…/25.00"}`,
        ),
      ].join('\n'),
    },
    {
      title: 'Biz-events',
      text: 'Una ricevuta perduta, con il suo IUR; 10 chiamate in 60 minuti per chiave, poi 429. Le chiamate fatte, e il guasto a comando.',
      example: [
        `curl ${receipts}/{iur}/paymentoptions/{iuv} ${key}`,
        `curl ${receipts}/{iur} ${key}`,
        `curl ${url}/api/biz-events/calls`,
        post(`${url}/api/biz-events/failure`, 'null', '-X PUT '),
      ].join('\n'),
    },
  ]
}
