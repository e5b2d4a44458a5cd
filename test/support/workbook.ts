import { crc32, deflateRawSync } from 'node:zlib'

/** A cell as a spreadsheet stores it: a shared text, a number, a day's serial number, or XML of one's own. */
export type Cell = string | number | { day: number } | { xml: string }

const NS = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A workbook as Excel writes one: a sheet that is hidden, the one that counts, shared texts and a style for days. */
export function workbook(
  rows: readonly (readonly Cell[])[],
  { startsIn1904 = false, change = {} }: { startsIn1904?: boolean; change?: Record<string, string> } = {},
): Uint8Array<ArrayBuffer> {
  const strings: string[] = []
  const sheet = rows
    .map((cells, index) => {
      const row = index + 1
      const written = cells.map((cell, column) => cellXml(cell, `${letters(column)}${row}`, strings)).join('')
      return written && `<row r="${row}">${written}</row>`
    })
    .join('')
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`
  return archive({
    'xl/workbook.xml': `<workbook xmlns="${NS}" xmlns:r="${RELATIONS}"><workbookPr date1904="${startsIn1904 ? 1 : 0}"/>
      <sheets><sheet name="Note" sheetId="1" state="hidden" r:id="rId1"/><sheet name="Dati" sheetId="2" r:id="rId2"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
      ${relation('rId1', 'worksheet', 'worksheets/sheet1.xml')}${relation('rId2', 'worksheet', '/xl/worksheets/sheet2.xml')}
      ${relation('rId3', 'sharedStrings', 'sharedStrings.xml')}${relation('rId4', 'styles', 'styles.xml')}</Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${NS}"><sheetData/></worksheet>`,
    'xl/worksheets/sheet2.xml': `<worksheet xmlns="${NS}"><sheetData>${sheet}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst xmlns="${NS}">${strings.map((text) => `<si><r><t>${escaped(text)}</t></r><rPh><t>x</t></rPh></si>`).join('')}</sst>`,
    'xl/styles.xml': `<styleSheet xmlns="${NS}"><numFmts><numFmt numFmtId="164" formatCode="&quot;dì&quot; dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="#,##0.00 &quot;dy&quot;"/></numFmts>
      <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
    ...change,
  })
}

function cellXml(cell: Cell, address: string, strings: string[]): string {
  if (cell === '') return ''
  if (typeof cell === 'string') return `<c r="${address}" t="s"><v>${strings.push(cell) - 1}</v></c>`
  if (typeof cell === 'number') return `<c r="${address}" s="2"><v>${cell}</v></c>`
  return 'day' in cell ? `<c r="${address}" s="1"><v>${cell.day}</v></c>` : cell.xml
}

function letters(column: number): string {
  return column < 26
    ? String.fromCharCode(65 + column)
    : letters(Math.floor(column / 26) - 1) + letters(column % 26)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** A ZIP archive of deflated texts (APPNOTE 6.3). `claims` lies about the size that an entry unpacks to. */
export function archive(
  entries: Record<string, string | Uint8Array>,
  claims: Record<string, number> = {},
): Uint8Array<ArrayBuffer> {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(entries)) {
    const plain = Buffer.from(content as string)
    const packed = deflateRawSync(plain)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(crc32(plain), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(claims[name] ?? plain.length, 18)
    shared.writeUInt16LE(Buffer.byteLength(name), 22)
    const start = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, tail, Buffer.from(name)]))
    local.push(start)
    offset += start.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(central.length, 8)
  end.writeUInt16LE(central.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...local, directory, end]))
}
