import { expect, test } from 'vitest'
import { statementsOf, type LeafletDocument, type LeafletWay } from './leaflet-data.ts'
import { printLeaflet } from './print.ts'
import { overlappingWords, readFonts, readProperties, readQr, readWords, readWritten } from './reading.ts'

const way = (number: number): LeafletWay => ({
  title: `Modo numero ${number}`,
  note: 'Una riga che dice a che cosa serve',
  icon: 'it-card',
  steps: ['Entra e scegli il figlio.', 'Scegli quanto versare, in cifre.', 'Paga e conserva la ricevuta.'],
})

const leaflet: LeafletDocument = {
  language: 'it',
  entity: {
    name: 'Comune di Esempio',
    service: 'Mensa scolastica',
    primaryColor: '#006657',
    initials: 'CE',
  },
  title: 'Come si ricarica il credito',
  lead: 'Dal 1° gennaio 2027 si paga solo così.',
  portal: {
    title: 'Il sito',
    text: 'Inquadra il codice.',
    href: 'https://mensa.comune.example.it/esempio/',
    shown: 'mensa.comune.example.it/esempio',
  },
  activation: { title: 'Codice', code: '128 776 4115', text: 'Serve per l’app.' },
  signIn: { title: 'Come si entra', statements: ['Con SPID.', 'Con la CIE.'] },
  ways: { title: 'Come si paga', items: [way(1), way(2), way(3)], after: 'Da 5 a 500 euro.' },
  firstTime: { title: 'La prima volta', statements: ['Entra.', 'Aggiungi i figli.'] },
  receipts: { title: 'Le ricevute', statements: ['Dopo 3 giorni.'] },
  help: {
    title: 'A chi chiedere',
    text: 'Per ogni dubbio:',
    contacts: [
      { label: 'Ufficio', value: 'Ufficio Scuola' },
      { label: 'Orari', value: 'lun–ven 9–12' },
      { label: 'Telefono', value: '0331 000000' },
    ],
  },
  closing: 'Aggiornato al 28/11/2026.',
  overleaf: 'Continua sul retro',
  issuedOn: '2026-11-28',
}

const words = (count: number) => Array.from({ length: count }, (_, index) => `parola${index}`).join(' ')
const longest: LeafletDocument = {
  ...leaflet,
  entity: { ...leaflet.entity, name: words(12).slice(0, 100), initials: 'ABC', primaryColor: '#ffb000' },
  status: words(14),
  lead: words(30),
  portal: {
    ...leaflet.portal,
    text: words(40),
    shown: `${'servizi-scolastici.'.repeat(4)}example.it/${'unione-'.repeat(6)}x`,
  },
  signIn: { title: 'Come si entra', statements: [words(30), words(30)] },
  ways: {
    title: 'Come si paga',
    items: [1, 2, 3, 4].map((number) => ({ ...way(number), steps: [words(14), words(18), words(16)] })),
    after: words(20),
  },
  firstTime: { title: 'La prima volta', statements: [words(30), words(40), words(40), words(30)] },
  help: {
    title: 'A chi chiedere',
    text: words(20),
    contacts: [
      { label: 'Indirizzo', value: words(17) },
      { label: 'E-mail', value: `${'ufficio.'.repeat(8)}scuola@unione.valle.superiore.example.it` },
      { label: 'Orari', value: words(12) },
    ],
  },
}
const { activation: _, lead: __, firstTime: ___, ...rest } = leaflet
const shortest: LeafletDocument = {
  ...rest,
  ways: { title: 'Come si paga', items: [], after: 'Chiedi all’ufficio.' },
  help: { title: 'A chi chiedere', text: 'Chiedi.', contacts: [] },
}
const oneWay: LeafletDocument = { ...leaflet, ways: { ...leaflet.ways, items: [way(1)] } }
const sheets: [string, LeafletDocument][] = [
  ['as usual', leaflet],
  ['with one way to pay', oneWay],
  ['with the longest texts', longest],
  ['with the fewest', shortest],
]

test.each(sheets)(
  'a leaflet %s is one sheet that says everything, and nothing touches or leaves it',
  async (_name, sheet) => {
    const pdf = await printLeaflet(sheet)
    expect(readProperties(pdf).get('Pages')).toBe('2')
    const written = readWritten(pdf).toLocaleLowerCase()
    const bare = (text: string) => text.replace(/\s+/g, '').toLocaleLowerCase()
    expect(statementsOf(sheet).filter((statement) => !written.includes(bare(statement)))).toEqual([])
    for (const page of [1, 2]) {
      const printed = readWords(pdf, page)
      expect(overlappingWords(printed)).toEqual([])
      const outside = printed.filter(
        ({ left, right, top, bottom }) => left < 27 || right > 569 || top < 20 || bottom > 832,
      )
      expect(outside.map(({ word }) => word)).toEqual([])
    }
    expect(readQr(pdf, { left: 28, top: 100, width: 160, height: 420 })).toBe(sheet.portal.href)
  },
)

test('the same leaflet is the same file, byte for byte, and only in the fonts of the house', async () => {
  const [one, other] = [await printLeaflet(leaflet), await printLeaflet(leaflet)]
  expect(Buffer.compare(one, other)).toBe(0)
  // Search engines and mail filters read a file's properties: they name the kind of sheet and nobody.
  expect(readProperties(one).get('Title')).toBe('Come si ricarica il credito')
  expect([...readProperties(one).values()].join()).not.toContain('Esempio')
  expect(readFonts(one).filter((font) => !/^(TitilliumWeb|RobotoMono)-/.test(font))).toEqual([])
})
