import { post } from './chapter.ts'
import type { Chapter, Sample } from './chapter.ts'

/** The chapters on the identity providers and the phone. */
export function identityChapters({ url }: Sample): Chapter[] {
  return [
    {
      title: 'SPID e CIE: registrarsi',
      text: 'I metadata dei gestori e il certificato che li firma; poi la registrazione di un servizio con i suoi metadata firmati, al posto di AgID e del Ministero: 422 dice che cosa manca. Cittadini: quelli di base, le persone degli enti con un codice fiscale, e chi si aggiunge.',
      example: [
        `curl ${url}/sandbox-idp/metadata/spid.xml`,
        `curl ${url}/sandbox-idp/metadata/cie.xml`,
        `curl ${url}/sandbox-idp/registry.pem`,
        post(
          `${url}/api/identity/service-providers`,
          '{"scheme":"spid","metadata":"<md:EntityDescriptor…"}',
          '-X PUT ',
        ),
        `curl ${url}/api/identity/citizens`,
        post(
          `${url}/api/identity/citizens`,
          '{"fiscalCode":"NVUNRO85D52Z999B","firstName":"Nora","lastName":"Nuova"}',
        ),
      ].join('\n'),
    },
    {
      title: 'SPID e CIE: entrare e uscire',
      text: 'Un accesso intero: la richiesta come la porterebbe il browser (url oppure fields), la persona, e volendo error (SPID 19–25 e 30, CIE 21, 22, 23, 25) o wrong (unsigned, other-key, expired, future, other-audience, other-recipient, other-destination, other-request, level-1, no-fiscal-number, wrong-check-character, comment, tampered, doctype, replay). La risposta è il modulo da mandare; una richiesta rifiutata è un 422 con i motivi. logout costruisce la richiesta di uscita, logouts dice che cosa ha risposto il servizio.',
      example: [
        post(
          `${url}/api/identity/sign-in`,
          '{"provider":"spid-demo","binding":"redirect","url":"…","citizen":"NVUNRO85D52Z999B"}',
        ),
        post(
          `${url}/api/identity/sign-in`,
          '{"provider":"cie-demo","binding":"post","fields":{"SAMLRequest":"…","RelayState":"…"},"error":22}',
        ),
        post(`${url}/api/identity/logout`, '{"provider":"spid-demo","entityId":"…","nameId":"…"}'),
        `curl ${url}/api/identity/logouts`,
        post(`${url}/api/identity/spid-demo/failure`, '{"status":503}', '-X PUT '),
      ].join('\n'),
    },
    {
      title: 'Telefono',
      text: 'I codici di adesso (RFC 6238, SHA-1, 30 secondi) di chi è stato presentato con totpSecret, e quello di una chiave qualsiasi.',
      example: `curl ${url}/api/phone/codes\ncurl '${url}/api/phone/code?secret=JBSWY3DPEHPK3PXP'`,
    },
  ]
}
