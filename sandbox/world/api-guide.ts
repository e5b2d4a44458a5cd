import { html } from 'hono/html'
import type { Html } from '../web/page.ts'
import type { Addresses } from './api.ts'
import { post } from './chapter.ts'
import type { Chapter, Sample } from './chapter.ts'
import type { Creditor } from './registry.ts'
import { identityChapters } from './identity-guide.ts'
import { serviceChapters } from './service-guide.ts'

/** The JSON API in examples that can be pasted, with the codes of a registered creditor where there is one. */
export function apiGuide({ url, smtpUrl }: Addresses, creditor?: Creditor): Html {
  const [service] = creditor?.services ?? []
  const sample: Sample = {
    url,
    smtpUrl,
    fiscalCode: creditor?.fiscalCode ?? '00000000000',
    noticeNumber: `3${creditor?.segregationCode ?? '01'}000000000001234`.padEnd(18, '0'),
    qr: `${service?.idServizio ?? '00009'}|${service?.idSoggettoServizio ?? '00035'}|7K3M9Q2XW4T8ZB6HJ0VNRCDPGY`,
  }
  return html`${[
    ...nodeChapters(sample),
    ...serviceChapters(sample),
    ...placeChapters(sample),
    ...identityChapters(sample),
  ].map(
    ({ title, text, example }) =>
      html`<section class="card">
        <h3>${title}</h3>
        <p>${text}</p>
        <pre tabindex="0" aria-label="Esempi: ${title}"><code>${example}</code></pre>
      </section>`,
  )}`
}

function keyOf({ fiscalCode, noticeNumber }: Sample): string {
  return `"fiscalCode":"${fiscalCode}","noticeNumber":"${noticeNumber}"`
}

function nodeChapters(sample: Sample): Chapter[] {
  const { url, fiscalCode, noticeNumber, qr } = sample
  const notice = keyOf(sample)
  return [
    {
      title: 'Il mondo',
      text: 'Chi è registrato, con tutto ciò che serve a recitare ogni parte. PUT registra o riscrive un ente, DELETE lo toglie.',
      example: `curl ${url}/world.json\ncurl -X PUT ${url}/api/creditors/${fiscalCode}/01 --json @ente.json`,
    },
    {
      title: 'Nodo',
      text: 'Ogni rifiuto è una risposta 200 con outcome KO e fault. pay aspetta per un momento la prima risposta dell’ente alla ricevuta.',
      example: [
        post(`${url}/api/node/verify`, `{${notice}}`),
        post(`${url}/api/node/activate`, `{${notice},"version":"V2"}`),
        post(`${url}/api/node/pay`, '{"paymentToken":"…","psp":"SIMPAGA04","method":"card","outcome":"OK"}'),
        post(
          `${url}/api/node/demand`,
          `{"idServizio":"${qr.slice(0, 5)}","idSoggettoServizio":"${qr.slice(6, 11)}","code":"${qr.slice(12)}","amountCents":2500}`,
        ),
      ].join('\n'),
    },
    {
      title: 'Ricevute',
      text: 'Il registro delle consegne; una ricevuta qualsiasi, inviata una volta sola (con "retry":true come le altre); un nuovo invio.',
      example: [
        `curl '${url}/api/node/receipts?noticeNumber=${noticeNumber}'`,
        post(`${url}/api/node/receipts`, `{${notice},"amountCents":2500,"receiptId":"prova-1"}`),
        `curl -X POST ${url}/api/node/receipts/{id}/retry`,
      ].join('\n'),
    },
    {
      title: 'Comportamento anomalo',
      text: 'duplicates (fino a 50) con parallel, delaySeconds, repeatAfterSeconds, timing (on-pay, after-return, late), loseAnswer, garbleAnswer, drop, outcomeKo, amountCents, version, standIn, unknownNotice, secondReceipt, broadcast, secondaryBeneficiary: per una sola ricevuta (anche di un solo avviso, con noticeNumber) o per tutte. GET legge gli ordini.',
      example: [
        post(`${url}/api/node/misbehaviour/next`, '{"duplicates":50,"parallel":true}'),
        post(`${url}/api/node/misbehaviour/next`, `{"drop":true,"noticeNumber":"${noticeNumber}"}`),
        post(`${url}/api/node/misbehaviour/always`, '{"timing":"after-return"}', '-X PUT '),
        `curl ${url}/api/node/misbehaviour`,
        `curl -X DELETE ${url}/api/node/misbehaviour`,
      ].join('\n'),
    },
    {
      title: 'Stand-in, PSP e denaro',
      text: 'mode: when-down, always, off. Il registro del denaro dice, per ente e codice di segregazione, quanto è stato pagato: acceptedCents (l’ente ha la ricevuta), droppedCents (mai inviata), underWayCents, refusedCents, notToldCents; segregationCode è null per le quote di avvisi altrui.',
      example: [
        post(`${url}/api/node/stand-in`, '{"mode":"always"}', '-X PUT '),
        `curl ${url}/api/node/psps`,
        `curl '${url}/api/node/ledger?fiscalCode=${fiscalCode}'`,
      ].join('\n'),
    },
  ]
}

function placeChapters(sample: Sample): Chapter[] {
  const { url, smtpUrl, qr } = sample
  const notice = keyOf(sample)
  return [
    {
      title: 'Checkout',
      text: '/api/checkout/failure lo ferma come gli altri servizi. POST /carts risponde 302 verso la pagina di pagamento; il suo ultimo pezzo è l’id del carrello. Le pagine hanno quattro finali: pay, wait, fail, cancel.',
      example: [
        `curl -i ${url}/checkout/ec/v2/carts -H 'Ocp-Apim-Subscription-Key: prova' --json @carrello.json`,
        `curl ${url}/api/checkout/carts/{id}`,
        post(
          `${url}/api/checkout/carts/{id}/pay`,
          '{"email":"nome@esempio.it","method":"card","psp":"SIMBANCA2"}',
        ),
      ].join('\n'),
    },
    {
      title: 'Sportello e tabaccaio',
      text: 'Un avviso si nomina con i due codici o con {"qr":"PAGOPA|002|…"}; il tabaccaio prima chiede, poi conferma.',
      example: [
        post(`${url}/api/counter/verify`, `{${notice}}`),
        post(`${url}/api/counter/pay`, `{${notice},"psp":"SIMBANCA1","method":"cash"}`),
        post(`${url}/api/puntolis/demand`, `{"qr":"${qr}","amountCents":2500}`),
        post(`${url}/api/puntolis/confirm`, `{${notice}}`),
      ].join('\n'),
    },
    {
      title: 'Posta',
      text: `Il server SMTP è ${smtpUrl}, senza accesso e senza cifratura. Con refuse risponde 451.`,
      example: [
        `curl '${url}/api/mailbox?to=nome@esempio.it'`,
        `curl ${url}/api/mailbox/{id}/attachments/0 -o avviso.pdf`,
        post(`${url}/api/mailbox/refusal`, '{"refuse":true}', '-X PUT '),
        `curl -X DELETE ${url}/api/mailbox`,
      ].join('\n'),
    },
  ]
}
