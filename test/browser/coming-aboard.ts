import { letterTo, linkIn } from '../support/mailbox.ts'
import { OPERATOR_PASSWORD } from '../support/operators.ts'
import { shownSecret, totpCode } from '../support/second-factor.ts'
import type { TestHouse } from '../support/house.ts'
import type { Walk } from './walk.ts'
import type { Credentials } from './world.ts'

/** The entity that comes aboard, as its operator and its administrator know it: none of it is in the house before. */
export const NEWCOMER = {
  name: 'Comune di Borgo Sereno',
  slug: 'borgo-sereno',
  fiscalCode: '02346730373',
  segregationCode: '47',
  email: 'ambra.amministra@comune.borgosereno.example',
  iban: 'IT60 X054 2811 1010 0000 0123 456',
  username: 'ambra.neri',
  password: 'una frase tutta di Ambra',
} as const

/** Copies the key of the page into a telephone, and types the code that it shows. */
async function setUpTelephone(walk: Walk, { clock }: TestHouse): Promise<void> {
  await walk.fill('Codice', totpCode(shownSecret(await walk.page.content()), clock.now()))
  await walk.press('Attiva e continua')
}

/** An operator's first sign-in, with what the command has printed. */
export async function enterAsOperator(
  walk: Walk,
  world: TestHouse,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await walk.open(`${world.url}/gestione/`)
  await walk.sees('Accesso dei gestori')
  await walk.fill('Nome utente', username)
  await walk.fill('Password', password)
  await walk.press('Entra nella gestione')
  await walk.sees('Attiva la verifica in due passaggi')
  await walk.fill('Nuova password', OPERATOR_PASSWORD)
  await walk.fill('Ripeti la nuova password', OPERATOR_PASSWORD)
  await setUpTelephone(walk, world)
  await walk.sees('Enti')
}

/** A draft with its names and codes, and the invitation of who will fill in the rest. */
export async function inviteEntity(walk: Walk): Promise<void> {
  await walk.follow('Nuovo ente')
  await walk.sees('Nuovo ente')
  await walk.fill('Nome', NEWCOMER.name)
  await walk.fill('Codice fiscale dell’ente creditore', NEWCOMER.fiscalCode)
  await walk.fill('Codice di segregazione', NEWCOMER.segregationCode)
  await walk.fill('Indirizzo e-mail', NEWCOMER.email)
  await walk.press('Crea l’ente e manda l’invito')
  await walk.sees(NEWCOMER.name)
  await walk.reads('L’invito al primo amministratore è partito.')
}

/** From the letter to the checklist. */
export async function joinByLetter(walk: Walk, world: TestHouse): Promise<void> {
  const letter = await letterTo(world, NEWCOMER.email)
  await walk.open(world.url + linkIn(letter))
  await walk.sees('Entra nell’ufficio')
  await walk.fill('Nome', 'Ambra')
  await walk.fill('Cognome', 'Neri')
  await walk.fill('Nome utente', NEWCOMER.username)
  await walk.fill('Password', NEWCOMER.password)
  await walk.press('Continua')
  await walk.sees('Attiva la verifica in due passaggi')
  await setUpTelephone(walk, world)
  await walk.sees('Conserva i codici di recupero')
  await walk.follow('Li ho conservati, continua')
  await walk.sees('Avvio del servizio')
}

/** The checklist, from the top down, by the button that names the next step; only what it asks for, and a colour. */
export async function followChecklist(walk: Walk): Promise<void> {
  await walk.follow('Prossimo passo: Nome e contatti')
  await walk.sees('Nome e contatti')
  await walk.fill('Telefono', '06 0000000')
  await save(walk)
  await walk.follow('Prossimo passo: Note legali')
  await walk.sees('Note legali')
  for (const field of LEGAL) await walk.fill(field, 'https://www.comune.borgosereno.example/pagina')
  await save(walk)
  await walk.follow('Prossimo passo: Ente creditore e conti')
  await walk.sees('Ente creditore e conti')
  await walk.fill('IBAN', NEWCOMER.iban)
  await save(walk)
  await walk.follow('Stemma e colore')
  await walk.sees('Stemma e colore')
  await walk.fill('Colore dell’ente', '#7b1fa2')
  // The preview follows at once, without asking the server for the page.
  await walk.page.locator('[data-colour-contrast]', { hasText: '8,2' }).waitFor()
  await walk.press('Salva')
  await walk.reads('Salvato.')
  await walk.follow('Torna all’elenco')
  await walk.sees('Avvio del servizio')
  await walk.follow('Prossimo passo: Regole e date')
  await walk.sees('Regole e date')
  await walk.press('Mostra l’effetto')
  await walk.press('Conferma e salva')
  await walk.sees('Avvio del servizio')
}

const LEGAL = ['Dichiarazione di accessibilità', 'Informativa sulla privacy', 'Note legali', 'Segnalazioni']

async function save(walk: Walk): Promise<void> {
  await walk.press('Salva')
  await walk.sees('Avvio del servizio')
  await walk.reads('Salvato.')
}

/** Begins the rehearsal and makes its family. Answers what its parent signs in with. */
export async function beginRehearsal(walk: Walk): Promise<Credentials> {
  await walk.press('Inizia la prova')
  await walk.sees('Prova')
  await walk.reads('Prova: nessun pagamento è reale.')
  await walk.press('Crea la famiglia di prova')
  const shown = walk.page.locator('.facts .code')
  await shown.nth(1).waitFor()
  const [username, password] = await shown.allInnerTexts()
  return { username: username!, password: password! }
}

/** Pays a notice at the simulated counter, by the two codes that the notice shows. */
export async function payAtSimulatedCounter(counter: Walk, noticeNumber: string): Promise<void> {
  await counter.fill('Codice fiscale dell’ente', NEWCOMER.fiscalCode)
  await counter.fill('Numero avviso', noticeNumber)
  await counter.press('Cerca l’avviso')
  await counter.press(/^Paga$/)
  await counter.reads('La ricevuta è arrivata all’ente.')
}

/** Looks again, as the page proposes, until every way to pay has its payment. */
export async function waitForRehearsal(walk: Walk): Promise<void> {
  const done = walk.page.getByText('Ogni modo di pagare ha il suo pagamento di prova.')
  const until = Date.now() + 15_000
  do {
    if (Date.now() > until) throw new Error(await walk.page.locator('main').innerText())
    await walk.page.getByRole('link', { name: 'Controlla di nuovo' }).click()
    await walk.sees('Prova')
  } while ((await done.count()) === 0)
}

/** From the rehearsal to real money, by the button that the checklist now has. */
export async function goLive(walk: Walk): Promise<void> {
  await walk.follow('Torna all’elenco e vai in linea')
  await walk.sees('Avvio del servizio')
  await walk.tick(/^Ho capito/)
  await walk.press('Vai in linea')
  await walk.sees('Impostazioni')
  await walk.reads('I pagamenti, i movimenti e i saldi della prova sono stati cancellati.')
  await walk.reads('E adesso')
}
