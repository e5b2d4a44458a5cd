import { credited, CUT, UNREAD, type Row } from './receipt-row.ts'
import { swap } from './variant.ts'

const text = (name: string, value: string) => (xml: string) =>
  swap(xml, new RegExp(`<${name}>[^<]*`), `<${name}>${value}`)
/** How it is written and sent. */
export const receiptTexts: Row[] = [
  {
    name: 'with words as long as can be',
    edit: (xml) => text('PSPCompanyName', 'ù'.repeat(70))(text('description', 'è'.repeat(140))(xml)),
    ...credited(),
  },
  { name: 'with words in four bytes', edit: text('companyName', '🍝'.repeat(140)), ...credited() },
  {
    name: 'with markup in its words',
    edit: text('description', '&lt;script&gt;&amp;&quot;&#39;'),
    ...credited(),
  },
  {
    name: 'with CDATA, comments and another prefix',
    edit: (xml) =>
      swap(xml, '<receiptId>', '<!-- x --><receiptId>')
        .replaceAll('paf:', 'p:')
        .replace('xmlns:paf', 'xmlns:p')
        .replace(/<companyName>([^<]*)/, '<companyName><![CDATA[$1]]>'),
    ...credited(),
  },
  {
    name: 'with a header before it',
    edit: (xml) =>
      swap(
        xml,
        /<soapenv:Header\s*\/>|<soapenv:Header><\/soapenv:Header>/,
        '<soapenv:Header><t:x xmlns:t="urn:x">1</t:x></soapenv:Header>',
      ),
    ...credited(),
  },
  {
    name: 'with metadata',
    edit: (xml) =>
      swap(
        xml,
        '<standIn>',
        '<metadata><mapEntry><key>a</key><value>b</value></mapEntry></metadata><standIn>',
      ),
    ...credited(),
  },
  {
    name: 'with 16 entries of metadata',
    edit: (xml) =>
      swap(
        xml,
        '<standIn>',
        `<metadata>${'<mapEntry><key>a</key><value>b</value></mapEntry>'.repeat(16)}</metadata><standIn>`,
      ),
    ...UNREAD,
  },
  { name: 'with a description of 141 characters', edit: text('description', 'x'.repeat(141)), ...UNREAD },
  { name: 'with an empty description', edit: text('description', ''), ...UNREAD },
  { name: 'with an outcome that is neither', edit: text('outcome', 'KKL'), ...UNREAD },
  { name: 'with an amount with a comma', edit: text('paymentAmount', '50,00'), ...UNREAD },
  { name: 'with a transfer of nothing', edit: text('transferAmount', '0.00'), ...UNREAD },
  { name: 'with the prose’s standin', edit: (xml) => xml.replaceAll('standIn>', 'standin>'), ...UNREAD },
  {
    name: 'with six transfers',
    edit: (xml) => swap(xml, /(<transfer>.*<\/transfer>)/s, '$1$1$1$1$1$1'),
    ...UNREAD,
  },
  { name: 'without transfers', edit: (xml) => swap(xml, /<transfer>.*<\/transfer>/s, ''), ...UNREAD },
  { name: 'without an IBAN', edit: (xml) => swap(xml, /<IBAN>[^<]*<\/IBAN>/, ''), ...UNREAD },
  { name: 'without an id', edit: text('receiptId', ''), ...credited() },
  { name: 'with an id beyond any key', edit: text('receiptId', 'r'.repeat(3_000)), ...credited() },
  { name: 'cut in the middle', edit: (xml) => xml.slice(0, xml.length / 2), ...CUT },
  { name: 'with a DOCTYPE', edit: (xml) => swap(xml, '?>', '?><!DOCTYPE x>'), ...CUT },
  { name: 'under another SOAPAction', headers: { soapaction: 'paVerifyPaymentNotice' }, ...CUT },
  { name: 'under no SOAPAction', headers: { soapaction: '' }, ...credited() },
  { name: 'as application/xml', headers: { 'content-type': 'application/xml' }, ...credited() },
  { name: 'as JSON', headers: { 'content-type': 'application/json' }, verdict: 'HTTP 415' },
]

const after = (tags: string) => (xml: string) => swap(xml, '</paymentMethod>', `</paymentMethod>${tags}`)
/** What one version alone knows. */
export const receiptVersions: Row[] = [
  {
    name: 'with what V2 alone knows',
    only: 'V2',
    edit: (xml) =>
      swap(
        after('<paymentNote>carrello</paymentNote>')(xml),
        '</fee>',
        '</fee><primaryCiIncurredFee>0.10</primaryCiIncurredFee><idBundle>b1</idBundle><idCiBundle>b2</idCiBundle>',
      ),
    ...credited(),
  },
  {
    name: 'with a company in its transfer',
    only: 'V2',
    edit: (xml) => swap(xml, '<IBAN>', '<companyName>Ente</companyName><IBAN>'),
    ...credited(),
  },
  {
    name: 'with a stamp in the place of an IBAN',
    only: 'V2',
    edit: (xml) => swap(xml, /<IBAN>.*<\/IBAN>/, '<MBDAttachment>bWFyY2E=</MBDAttachment>'),
    ...credited(),
  },
  {
    name: 'with both a stamp and an IBAN',
    only: 'V2',
    edit: (xml) => swap(xml, '</IBAN>', '</IBAN><MBDAttachment>bWFyY2E=</MBDAttachment>'),
    ...UNREAD,
  },
  {
    name: 'with a note that V2 alone knows',
    only: 'V1',
    edit: after('<paymentNote>carrello</paymentNote>'),
    ...UNREAD,
  },
  {
    name: 'with a company in its transfer',
    only: 'V1',
    edit: (xml) => swap(xml, '<IBAN>', '<companyName>Ente</companyName><IBAN>'),
    ...UNREAD,
  },
]
