import type { StaffRole } from '#tenants/people/guardians.ts'

/** Where the office lies under an entity. */
export const OFFICE_PATH = '/:slug/ufficio'

export interface Access {
  /** Who may; `anybody` needs no sign-in. */
  readonly for: 'anybody' | readonly StaffRole[]
  /** What a body may weigh, where it holds a file. */
  readonly maxBytes?: number
}

const EVERYBODY: readonly StaffRole[] = ['administrator', 'clerk', 'accountant', 'school']
/** Who works with payments and reads receipts, which name families. */
const MONEY: readonly StaffRole[] = ['administrator', 'clerk', 'accountant']
/** Who decides which child belongs to which parent. */
const FAMILIES: readonly StaffRole[] = ['administrator', 'clerk']
/** Who answers for the books. */
const BOOKS: readonly StaffRole[] = ['administrator', 'accountant']

/** Who hands in the lists of classes. */
const CLASSES: readonly StaffRole[] = ['administrator', 'clerk', 'school']

const ADMINISTRATORS: readonly StaffRole[] = ['administrator']

/** A bank statement and its form; the reader of statements has a limit of its own, told in its own words. */
const UPLOAD_MAX_BYTES = 6 * 1024 * 1024
/** Twice what a logo may weigh: who brings a larger one is told so in its own words. */
const LOGO_UPLOAD_MAX_BYTES = 1024 * 1024

/** A file to import and its form; the reader of tables has a limit of its own, told in its own words. */
const IMPORT_MAX_BYTES = 24 * 1024 * 1024
/** A matrix of prices, with a file of them. */
const MATRIX_MAX_BYTES = 1024 * 1024

/**
 * Every route of the office, and who may use it. A handler can be put on no other route (see {@link officeRoute}), and
 * the tenancy matrix asks each of these as every role, as a parent, as another entity's staff and as nobody.
 */
export const OFFICE_ROUTES = {
  'GET /accedi': { for: 'anybody' },
  'POST /accedi': { for: 'anybody' },
  'GET /accedi/codice': { for: 'anybody' },
  'POST /accedi/codice': { for: 'anybody' },
  'GET /accedi/secondo-fattore': { for: 'anybody' },
  'POST /accedi/secondo-fattore': { for: 'anybody' },
  'POST /esci': { for: 'anybody' },
  'GET /invito/:token': { for: 'anybody' },
  'POST /invito/:token': { for: 'anybody' },
  'GET /': { for: EVERYBODY },
  'GET /credito-basso': { for: MONEY },
  'GET /pagamenti': { for: MONEY },
  'GET /pagamenti/:id': { for: MONEY },
  'GET /ricevute/:file': { for: MONEY },
  'GET /sospesi': { for: MONEY },
  'GET /richieste': { for: FAMILIES },
  // Looking for a child by name: a name does not stand in an address.
  'POST /richieste': { for: FAMILIES },
  'GET /richieste/:id': { for: FAMILIES },
  'POST /richieste/:id': { for: FAMILIES },
  'POST /richieste/:id/approva': { for: FAMILIES },
  'POST /richieste/:id/rifiuta': { for: FAMILIES },
  'GET /richieste/alunni/:id': { for: FAMILIES },
  'GET /alunni/:id': { for: EVERYBODY },
  'POST /alunni/:id/scollega': { for: FAMILIES },
  'GET /alunni/:id/crediti/:wallet': { for: MONEY },
  'GET /alunni/:id/crediti/:wallet/correzione': { for: MONEY },
  'POST /alunni/:id/crediti/:wallet/correzione': { for: MONEY },
  'GET /alunni/:id/crediti/:wallet/versamento': { for: MONEY },
  'POST /alunni/:id/crediti/:wallet/versamento': { for: MONEY },
  'GET /alunni/:id/crediti/:wallet/stato': { for: MONEY },
  'POST /alunni/:id/crediti/:wallet/stato': { for: MONEY },
  'GET /sportello': { for: MONEY },
  'GET /sportello/:id': { for: MONEY },
  'GET /da-approvare': { for: MONEY },
  'GET /da-approvare/:id': { for: MONEY },
  'POST /da-approvare/:id/approva': { for: BOOKS },
  // Whoever asked may take it back as well.
  'POST /da-approvare/:id/rifiuta': { for: MONEY },
  'GET /accessi': { for: FAMILIES },
  'POST /accessi': { for: FAMILIES },
  'POST /accessi/:id/codice': { for: FAMILIES },
  'GET /iscrizioni': { for: FAMILIES },
  'GET /iscrizioni/:id': { for: FAMILIES },
  // Looking for another child by name.
  'POST /iscrizioni/:id': { for: FAMILIES },
  'POST /iscrizioni/:id/documenti': { for: FAMILIES },
  'POST /iscrizioni/:id/rifiuta': { for: FAMILIES },
  'POST /iscrizioni/:id/approva': { for: FAMILIES },
  'GET /scuole': { for: EVERYBODY },
  'POST /scuole': { for: FAMILIES },
  'GET /scuole/:id': { for: EVERYBODY },
  'POST /scuole/:id': { for: FAMILIES },
  'POST /scuole/:id/chiusura': { for: FAMILIES },
  'POST /scuole/:id/classi': { for: FAMILIES },
  'POST /scuole/:id/classi/nome': { for: FAMILIES },
  'GET /anno-scolastico': { for: FAMILIES },
  'POST /anno-scolastico': { for: FAMILIES, maxBytes: MATRIX_MAX_BYTES },
  'GET /alunni': { for: FAMILIES },
  'POST /alunni': { for: FAMILIES },
  'GET /alunni/nuovo': { for: FAMILIES },
  'POST /alunni/nuovo': { for: FAMILIES },
  'GET /alunni/:id/scheda': { for: FAMILIES },
  'POST /alunni/:id/scheda': { for: FAMILIES },
  'POST /alunni/:id/codice': { for: FAMILIES },
  'POST /alunni/:id/classe': { for: FAMILIES },
  'POST /alunni/:id/classe/lascia': { for: FAMILIES },
  'POST /alunni/:id/servizi': { for: FAMILIES },
  'POST /alunni/:id/servizi/giorni': { for: FAMILIES },
  'GET /alunni/:id/unisci': { for: FAMILIES },
  // Looking for the other row by name.
  'POST /alunni/:id/unisci': { for: FAMILIES },
  'POST /alunni/:id/unisci/conferma': { for: FAMILIES },
  'GET /tariffe': { for: MONEY },
  'GET /tariffe/nuovo': { for: FAMILIES },
  'POST /tariffe/nuovo': { for: FAMILIES, maxBytes: MATRIX_MAX_BYTES },
  'GET /tariffe/fratelli': { for: FAMILIES },
  'POST /tariffe/fratelli': { for: FAMILIES },
  'GET /tariffe/:id': { for: MONEY },
  'POST /tariffe/:id': { for: FAMILIES, maxBytes: MATRIX_MAX_BYTES },
  'GET /tariffe/:id/csv': { for: MONEY },
  'POST /tariffe/:id/cancella': { for: FAMILIES },
  'GET /alunni/:id/tariffa': { for: FAMILIES },
  'POST /alunni/:id/isee': { for: FAMILIES },
  'POST /alunni/:id/isee/cancella': { for: FAMILIES },
  'POST /alunni/:id/esenzioni': { for: FAMILIES },
  'POST /alunni/:id/esenzioni/fine': { for: FAMILIES },
  'GET /alunni/:id/dieta': { for: FAMILIES },
  'POST /alunni/:id/dieta': { for: FAMILIES },
  'POST /alunni/:id/dieta/modifica': { for: FAMILIES },
  // Reading a note is an act: it leaves a line in the log.
  'POST /alunni/:id/dieta/nota': { for: FAMILIES },
  'POST /alunni/:id/dieta/cancella': { for: FAMILIES },
  // Names children with what they do not eat: for whoever opens a child's diets.
  'GET /certificati': { for: FAMILIES },
  'GET /presenze': { for: CLASSES },
  'GET /presenze/:id': { for: CLASSES },
  'POST /presenze/:id': { for: CLASSES },
  'GET /cucina': { for: CLASSES },
  'GET /menu': { for: FAMILIES },
  'POST /menu': { for: FAMILIES },
  'POST /menu/ripeti': { for: FAMILIES },
  'GET /calendario': { for: FAMILIES },
  'POST /calendario/periodi': { for: FAMILIES },
  'POST /calendario/periodi/:id/togli': { for: FAMILIES },
  'POST /calendario/chiusure': { for: FAMILIES },
  'POST /calendario/chiusure/:id/togli': { for: FAMILIES },
  'GET /addebiti': { for: MONEY },
  'POST /addebiti': { for: MONEY },
  'GET /riconciliazione': { for: MONEY },
  'GET /riconciliazione/flussi': { for: MONEY },
  'GET /riconciliazione/flussi/:id': { for: MONEY },
  'GET /riconciliazione/differenze': { for: MONEY },
  'GET /riconciliazione/differenze/:id': { for: MONEY },
  'POST /riconciliazione/differenze/:id/accetta': { for: BOOKS },
  'GET /riconciliazione/banca': { for: MONEY },
  'POST /riconciliazione/banca': { for: BOOKS, maxBytes: UPLOAD_MAX_BYTES },
  'GET /foglio': { for: EVERYBODY },
  'GET /foglio.pdf': { for: EVERYBODY },
  // What a file is about decides further: families are not the accountants' (see pages/imports.ts).
  'GET /importazioni': { for: MONEY },
  'GET /importazioni/nuova': { for: MONEY },
  'POST /importazioni/nuova': { for: MONEY, maxBytes: IMPORT_MAX_BYTES },
  'GET /importazioni/modello.csv': { for: MONEY },
  'GET /importazioni/:id': { for: MONEY },
  'GET /importazioni/:id/errori.csv': { for: MONEY },
  'POST /importazioni/:id/colonne': { for: MONEY },
  'POST /importazioni/:id/conferma': { for: MONEY },
  'POST /importazioni/:id/approva': { for: BOOKS },
  'POST /importazioni/:id/riprova': { for: MONEY },
  'POST /importazioni/:id/ritira': { for: MONEY },
  'POST /importazioni/:id/resoconto.csv': { for: MONEY },
  'GET /personale': { for: ADMINISTRATORS },
  'POST /personale/inviti': { for: ADMINISTRATORS },
  'POST /personale/inviti/:id/ancora': { for: ADMINISTRATORS },
  'POST /personale/inviti/:id/revoca': { for: ADMINISTRATORS },
  'GET /personale/token': { for: ADMINISTRATORS },
  'POST /personale/token': { for: ADMINISTRATORS },
  'POST /personale/token/:id/revoca': { for: ADMINISTRATORS },
  'GET /personale/:id': { for: ADMINISTRATORS },
  'GET /personale/:id/secondo-fattore': { for: ADMINISTRATORS },
  'POST /personale/:id/secondo-fattore': { for: ADMINISTRATORS },
  'POST /personale/:id/ruolo': { for: ADMINISTRATORS },
  'POST /personale/:id/disattiva': { for: ADMINISTRATORS },
  'POST /personale/:id/invita': { for: ADMINISTRATORS },
  'GET /assistenza': { for: ADMINISTRATORS },
  'POST /assistenza': { for: ADMINISTRATORS },
  'POST /assistenza/fine': { for: ADMINISTRATORS },
  'GET /avvio': { for: ADMINISTRATORS },
  'GET /avvio/contatti': { for: ADMINISTRATORS },
  'POST /avvio/contatti': { for: ADMINISTRATORS },
  'GET /avvio/testi': { for: ADMINISTRATORS },
  'POST /avvio/testi': { for: ADMINISTRATORS },
  'GET /avvio/aspetto': { for: ADMINISTRATORS },
  'POST /avvio/aspetto': { for: ADMINISTRATORS },
  'POST /avvio/aspetto/logo': { for: ADMINISTRATORS, maxBytes: LOGO_UPLOAD_MAX_BYTES },
  'GET /avvio/note-legali': { for: ADMINISTRATORS },
  'POST /avvio/note-legali': { for: ADMINISTRATORS },
  'GET /avvio/creditore': { for: ADMINISTRATORS },
  'POST /avvio/creditore': { for: ADMINISTRATORS },
  'GET /avvio/servizi': { for: ADMINISTRATORS },
  'POST /avvio/servizi': { for: ADMINISTRATORS },
  'GET /avvio/canali': { for: ADMINISTRATORS },
  'GET /avvio/canali/:channel': { for: ADMINISTRATORS },
  'POST /avvio/canali/:channel': { for: ADMINISTRATORS },
  'GET /avvio/regole': { for: ADMINISTRATORS },
  'POST /avvio/regole': { for: ADMINISTRATORS },
  'GET /avvio/spid-cie': { for: ADMINISTRATORS },
  'GET /avvio/prova': { for: ADMINISTRATORS },
  'POST /avvio/prova': { for: ADMINISTRATORS },
  'POST /avvio/prova/famiglia': { for: ADMINISTRATORS },
  'POST /avvio/prova/ricomincia': { for: ADMINISTRATORS },
  'POST /avvio/in-linea': { for: ADMINISTRATORS },
  'GET /registro': { for: BOOKS },
  'GET /registro.csv': { for: ADMINISTRATORS },
} as const satisfies Record<string, Access>

export type OfficeRoute = keyof typeof OFFICE_ROUTES
export type PublicRoute = {
  [Route in OfficeRoute]: (typeof OFFICE_ROUTES)[Route]['for'] extends 'anybody' ? Route : never
}[OfficeRoute]

/** Whether a role may use a route: menus and buttons ask the same table. */
export function mayUse(role: StaffRole, route: OfficeRoute): boolean {
  const { for: allowed } = OFFICE_ROUTES[route] as Access
  return allowed === 'anybody' || allowed.includes(role)
}
