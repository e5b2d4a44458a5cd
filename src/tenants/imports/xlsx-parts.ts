import { setImmediate } from 'node:timers/promises'
import { SaxesParser } from 'saxes'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import { DomainError } from '#core/errors.ts'

/** What all the parts that are read may weigh once unpacked: a small archive can hold a thousand times its size. */
const UNPACKED_MAX = 150 * 1024 * 1024
const ENTRIES_MAX = 2_000

/** Called for each element and text; names come without their prefix. */
export interface PartReader {
  open?(name: string, attributes: Readonly<Record<string, string>>): void
  text?(text: string): void
  close?(name: string): void
}

/** An archive of XML parts. Each is unpacked piece by piece as it is read, so that none is ever whole in memory. */
export interface Parts {
  has(name: string): boolean
  /** @throws DomainError import.too_large when it unpacks to too much; an Error when it is broken */
  read(name: string, reader: PartReader): Promise<void>
}

/** Opens an archive. @throws an Error when it is none, or one of too many files */
export async function openParts(bytes: Uint8Array): Promise<Parts> {
  const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const entries = await entriesOf(zip)
  let unpacked = 0
  return {
    has: (name) => entries.has(name),
    async read(name, reader) {
      const entry = entries.get(name)
      if (!entry) throw new Error('a part is missing')
      // What the archive tells may be a lie: the library ends a part that unpacks to another size than it told.
      unpacked += entry.uncompressedSize
      if (unpacked > UNPACKED_MAX) throw new DomainError('import.too_large')
      const stream = await zip.openReadStreamPromise(entry)
      const parser = parserFor(reader)
      const decoder = new TextDecoder('utf-8', { fatal: true })
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        parser.write(decoder.decode(chunk, { stream: true }))
        await setImmediate()
      }
      parser.write(decoder.decode()).close()
    },
  }
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) {
    entries.set(entry.fileName, entry)
    if (entries.size > ENTRIES_MAX) throw new Error('an archive of too many files')
  }
  return entries
}

/** Strict XML without a document type: a workbook has none, and entities are a way to grow. */
function parserFor({ open, text, close }: PartReader): SaxesParser {
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('doctype', () => {
    throw new Error('a document type')
  })
  if (open) parser.on('opentag', ({ name, attributes }) => open(bare(name), attributes))
  if (text) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  if (close) parser.on('closetag', ({ name }) => close(bare(name)))
  return parser
}

function bare(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
