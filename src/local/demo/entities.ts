import { addDays, type RomeDate } from '#core/clock.ts'
import type { DietKind } from '#core/db/diet-tables.ts'
import type { NewTenant } from '#tenants/create.ts'

/** A person of the demonstration. All are invented, and so are their codes. */
export interface DemoPerson {
  firstName: string
  lastName: string
  username: string
  email: string
  fiscalCode: string
}

export interface DemoChild {
  firstName: string
  lastName: string
  school: string
  className: string
  tariffCents: number
  openingCents: number
  diet?: DemoDiet
}

/** What a child of the demonstration does not eat. */
export interface DemoDiet {
  kind: DietKind
  /** In how many days the certificate ends. */
  certificateDays?: number
  note: string
}

export interface DemoEntity {
  tenant: NewTenant
  guardian: DemoPerson
  /** With the secret of a second factor, in base32, which the sandbox's telephone has too. */
  staff: DemoPerson & { totpSecret: string }
  children: readonly DemoChild[]
  /** A child whom the school has entered and nobody has claimed yet. */
  unclaimed: DemoChild & { claimCode: string }
}

/** Printed at every start, and good for nothing but the demonstration. */
export const DEMO_PASSWORD = 'borsellino-demo'

/** Who runs the demonstration's installation, at /gestione/. Production has nobody until a command makes one. */
export const DEMO_OPERATOR = {
  username: 'gestore',
  name: 'Gilda Gestori',
  totpSecret: 'BORSELLINODEMOGESTOREAAAAAAAAAAA',
} as const

const mealCategory = (label: string) => [
  {
    code: 'REFEZIONE',
    label,
    paymentDescription: 'Ricarica refezione scolastica',
    taxonomyCode: '9/0107101TS/',
  },
]

/** The two entities of the demonstration, one of which takes no passwords any more. Their broker and codes are evidently fictitious. */
export function demoEntities(today: RomeDate): readonly DemoEntity[] {
  return [cassano(), brunico(addDays(today, -20))]
}

function cassano(): DemoEntity {
  return {
    tenant: {
      slug: 'cassano',
      name: 'Comune di Cassano Magnago',
      activationCode: '1287764115',
      ipaCode: 'demo_cassano',
      creditorFiscalCode: '77777777777',
      segregationCode: '01',
      serviceId: '00009',
      serviceSubjectId: '00035',
      creditor: {
        name: 'Cassano Magnago Servizi S.p.A.',
        brokerFiscalCode: '99999999990',
        stationId: '99999999990_01',
        iban: 'IT60X0542811101000000123456',
        cbill: 'DEMO1',
      },
      branding: {
        primaryColor: '#00695c',
        serviceName: 'Mensa scolastica',
        initials: 'CM',
        address: 'Via Volta 4, 21012 Cassano Magnago (VA)',
        officeName: 'Ufficio Scuola',
        officeHours: 'lun–ven 9–12',
        phone: '0331 000 000',
        email: 'scuola@cassano.example.it',
        website: 'https://comune.example.it',
        municipalityCode: 'C004',
        privacyUrl: 'https://comune.example.it/privacy',
        legalNotesUrl: 'https://comune.example.it/note-legali',
        accessibilityDeclarationUrl: 'https://form.agid.gov.it/esempio',
        faqUrl: 'https://comune.example.it/domande',
        reportUrl: 'https://comune.example.it/segnala',
      },
      policies: { pagopaOnlyFrom: '2022-04-01', noticeSecondLanguage: 'en' },
      categories: mealCategory('Mensa scolastica'),
      channels: { 'pagopa-online': {}, 'psp-notice': {}, 'puntolis-qr': {} },
    },
    guardian: {
      firstName: 'Elena',
      lastName: 'Ferrari',
      username: 'elena.ferrari',
      email: 'elena.ferrari@example.org',
      fiscalCode: 'FRRLNE85A41Z999W',
    },
    staff: {
      firstName: 'Ada',
      lastName: 'Ufficiali',
      username: 'ufficio.cassano',
      email: 'scuola@cassano.example.it',
      fiscalCode: 'FFCDAA70A41Z999V',
      totpSecret: 'BORSELLINODEMOCASSANOUFFICIOAAAA',
    },
    children: [
      {
        firstName: 'Sofia',
        lastName: 'Colombo',
        school: 'Primaria Dante',
        className: '3ª B',
        tariffCents: 490,
        openingCents: 5300,
        diet: {
          kind: 'nut-free',
          certificateDays: 20,
          note: 'Nota inventata per la dimostrazione: attenzione anche alle tracce',
        },
      },
      {
        firstName: 'Luca',
        lastName: 'Colombo',
        school: 'Infanzia Rodari',
        className: 'gialli',
        tariffCents: 400,
        openingCents: 3500,
        diet: { kind: 'no-pork', note: '' },
      },
    ],
    unclaimed: {
      firstName: 'Marco',
      lastName: 'Colombo',
      school: 'Secondaria Majno',
      className: '1ª A',
      tariffCents: 520,
      openingCents: 0,
      claimCode: 'PRVA2-CDE34',
    },
  }
}

function brunico(passwordUntil: RomeDate): DemoEntity {
  return {
    tenant: {
      slug: 'brunico',
      name: 'Comune di Brunico · Gemeinde Bruneck',
      activationCode: '4820193657',
      ipaCode: 'demo_brunico',
      creditorFiscalCode: '88888888888',
      segregationCode: '07',
      serviceId: '00009',
      serviceSubjectId: '00036',
      creditor: {
        name: 'Comune di Brunico',
        brokerFiscalCode: '99999999990',
        stationId: '99999999990_02',
        iban: 'IT02Z0300203280000400162854',
        postalIban: 'IT40P0760101600000012345678',
        postalAccount: {
          holder: 'Comune di Brunico - Servizio tesoreria',
          authorization: 'AUT. DB/DEMO/PRV 00000 DEL 01/01/2026',
        },
        cbill: 'DEMO2',
      },
      branding: {
        primaryColor: '#7a1f3d',
        serviceName: 'Refezione scolastica · Schulausspeisung',
        initials: 'BB',
        address: 'Piazza Municipio 1, 39031 Brunico (BZ)',
        officeName: 'Ufficio Istruzione',
        officeHours: 'lun–gio 8–12',
        phone: '0474 000 000',
        email: 'scuola@brunico.example.it',
        website: 'https://brunico.example.it',
        municipalityCode: 'B220',
        privacyUrl: 'https://brunico.example.it/privacy',
        legalNotesUrl: 'https://brunico.example.it/note-legali',
        accessibilityDeclarationUrl: 'https://form.agid.gov.it/esempio-brunico',
      },
      policies: {
        passwordLoginUntil: passwordUntil,
        receiptCopyDelayDays: 5,
        minimumCents: 1_000,
        maximumCents: 30_000,
        suggestedCents: [2_000, 4_000, 8_000],
        noticeValidityDays: 20,
        noticeSecondLanguage: 'de',
      },
      categories: mealCategory('Refezione · Ausspeisung'),
      channels: { 'pagopa-online': {}, 'psp-notice': { noticeDays: 20 }, 'puntolis-qr': {} },
    },
    guardian: {
      firstName: 'Karl',
      lastName: 'Hofer',
      username: 'karl.hofer',
      email: 'karl.hofer@example.org',
      fiscalCode: 'HFRKRL80A01Z999Z',
    },
    staff: {
      firstName: 'Maria',
      lastName: 'Kofler',
      username: 'ufficio.brunico',
      email: 'scuola@brunico.example.it',
      fiscalCode: 'KFLMRA75A41Z999E',
      totpSecret: 'BORSELLINODEMOBRUNICOUFFICIOAAAA',
    },
    children: [
      {
        firstName: 'Anna',
        lastName: 'Hofer',
        school: 'Grundschule Blumen',
        className: '2A',
        tariffCents: 450,
        openingCents: 2500,
        diet: {
          kind: 'gluten-free',
          certificateDays: -5,
          note: 'Nota inventata per la dimostrazione: porta il pane da casa',
        },
      },
      {
        firstName: 'Jakob',
        lastName: 'Hofer',
        school: 'Kindergarten Sonne',
        className: 'blau',
        tariffCents: 380,
        openingCents: 900,
      },
    ],
    unclaimed: {
      firstName: 'Lena',
      lastName: 'Hofer',
      school: 'Mittelschule Ursulinen',
      className: '1B',
      tariffCents: 480,
      openingCents: 0,
      claimCode: 'PRVB2-CDE34',
    },
  }
}
