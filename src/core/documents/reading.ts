import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { QRCode } from 'jsqr'
import { invariant } from '../errors.ts'

/* Reads PDF files back, as a reader's eyes and telephone would. For tests only: it needs poppler, zbar, libdmtx and jsqr. */

const jsQR = createRequire(import.meta.url)('jsqr') as (
  data: Uint8ClampedArray,
  width: number,
  height: number,
) => QRCode | null

/** A word and its box, in points from the top left corner of the page. */
export interface PrintedWord {
  readonly word: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A part of a page, in points. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The text of a PDF file in reading order, white space made single. */
export function readText(pdf: Uint8Array): string {
  return tool('pdftotext', ['-layout', '-', '-'], pdf).toString().replace(/\s+/g, ' ').trim()
}

/** The text of a PDF file in the order in which it was written, without any white space: columns stay apart. */
export function readWritten(pdf: Uint8Array): string {
  return tool('pdftotext', ['-raw', '-', '-'], pdf).toString().replace(/\s+/g, '')
}

/** Every word of a PDF file, or of one of its pages, with its place. */
export function readWords(pdf: Uint8Array, only?: number): PrintedWord[] {
  const range = only === undefined ? [] : ['-f', String(only), '-l', String(only)]
  const page = tool('pdftotext', ['-bbox', ...range, '-', '-'], pdf).toString()
  const box = /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/g
  return Array.from(page.matchAll(box), ([, left, top, right, bottom, word]) => ({
    word: word!.replaceAll('&apos;', "'").replaceAll('&amp;', '&').replaceAll('&quot;', '"'),
    left: Number(left),
    top: Number(top),
    right: Number(right),
    bottom: Number(bottom),
  }))
}

/** Pairs of words whose ink would touch; boxes are trimmed to it, since lines of type always overlap a little. */
export function overlappingWords(words: readonly PrintedWord[]): string[] {
  const ink = words.map(({ word, left, top, right, bottom }) => {
    const trim = (bottom - top) * 0.28
    return { word, left: left + 0.5, right: right - 0.5, top: top + trim, bottom: bottom - trim * 0.7 }
  })
  return ink.flatMap((one, index) =>
    ink
      .slice(index + 1)
      .filter(
        (other) =>
          one.left < other.right &&
          other.left < one.right &&
          one.top < other.bottom &&
          other.top < one.bottom,
      )
      .map((other) => `${one.word} / ${other.word}`),
  )
}

/** What pdfinfo tells of a PDF file: `Title`, `Creator`, `Pages`, `Page size`, … */
export function readProperties(pdf: Uint8Array): ReadonlyMap<string, string> {
  const lines = tool('pdfinfo', ['-'], pdf).toString().trim().split('\n')
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  )
}

/** The grey of a point of the first page: 0 is black, 255 is white. */
export function readGrey(pdf: Uint8Array, left: number, top: number): number {
  const { pixels } = rasterize(pdf, { left, top, width: 1, height: 1 }, 72)
  return pixels[0]!
}

/** The darkest grey in a part of the first page, at 300 dots an inch. */
export function readDarkest(pdf: Uint8Array, region: Region): number {
  return rasterize(pdf, region, 300).pixels.reduce((darkest, pixel) => Math.min(darkest, pixel), 255)
}

/** What the QR code in a part of the first page says; undefined where none can be read. */
export function readQr(pdf: Uint8Array, region: Region): string | undefined {
  const { width, height, pixels } = rasterize(pdf, region, 300)
  return decodeQr(pixels, width, height)
}

/** What a QR code says, from an image of one byte of grey a pixel. */
export function decodeQr(grey: Uint8Array, width: number, height: number): string | undefined {
  const rgba = new Uint8ClampedArray(width * height * 4)
  grey.forEach((value, index) => rgba.set([value, value, value, 255], index * 4))
  return jsQR(rgba, width, height)?.data
}

/**
 * What zbarimg, which shares no code with us, reads in the printed page at 300 dots an inch: the text of every code
 * it finds. A DataMatrix code is none of those it knows.
 */
export function scanQr(pdf: Uint8Array): string[] {
  const scanned = withImage(pdf, { left: 0, top: 0, width: 596, height: 842 }, (file) =>
    tool('zbarimg', ['--quiet', '--raw', '--nodbus', file], undefined, [4]),
  )
  return scanned.toString().trimEnd().split('\n')
}

/**
 * What dmtxread, which shares no code with us either, reads in the DataMatrix code of the postal slip, within its
 * frame; empty where there is none.
 */
export function scanSlip(pdf: Uint8Array): string {
  const title = readWords(pdf).find(({ word }) => word === 'BOLLETTINO')
  invariant(title, 'the notice has a postal slip')
  const region = { left: 497.5, top: title.top + 77.8, width: 73.5, height: 73.5 }
  return withImage(pdf, region, (file) =>
    tool('dmtxread', ['--stop-after=1', '--milliseconds=20000', file], undefined, [1]),
  ).toString('latin1')
}

/** The fonts of a PDF file without the letters that mark a subset, such as `RobotoMono-Bold`. */
export function readFonts(pdf: Uint8Array): string[] {
  const rows = tool('pdffonts', ['-'], pdf).toString().trimEnd().split('\n').slice(2)
  return rows.map((row) => row.split(/\s/)[0]!.replace(/^[A-Z]{6}\+/, '')).toSorted()
}

/** Whether a PDF file holds pictures of pixels. */
export function readImages(pdf: Uint8Array): string[] {
  return tool('pdfimages', ['-list', '-'], pdf).toString().trimEnd().split('\n').slice(2)
}

/** Lets a tool read a part of the first page, of grey pixels at 300 dots an inch, from a file. */
function withImage<T>(pdf: Uint8Array, region: Region, read: (file: string) => T): T {
  const { width, height, pixels } = rasterize(pdf, region, 300)
  const folder = mkdtempSync(join(tmpdir(), 'page-'))
  try {
    const file = join(folder, 'page.pgm')
    writeFileSync(file, Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), pixels]))
    return read(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function rasterize(pdf: Uint8Array, { left, top, width, height }: Region, dotsPerInch: number) {
  const pixels = (points: number) => Math.round((points * dotsPerInch) / 72)
  const image = tool(
    'pdftoppm',
    `-gray -r ${dotsPerInch} -f 1 -l 1 -x ${pixels(left)} -y ${pixels(top)} -W ${pixels(width)} -H ${pixels(height)} -`.split(
      ' ',
    ),
    pdf,
  )
  // A binary PGM: "P5", width, height, 255, one white space, then a byte a pixel.
  const header = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(image.toString('latin1', 0, 64))
  invariant(header, 'pdftoppm wrote no grey PGM image')
  return { width: Number(header[1]), height: Number(header[2]), pixels: image.subarray(header[0].length) }
}

const PACKAGES = {
  pdftotext: 'poppler-utils',
  pdftoppm: 'poppler-utils',
  pdfinfo: 'poppler-utils',
  pdffonts: 'poppler-utils',
  pdfimages: 'poppler-utils',
  zbarimg: 'zbar-tools',
  dmtxread: 'dmtx-utils',
} as const

/** Runs a tool; the exit codes in `nothingFound` are no failure, and give what it had to say. */
function tool(
  command: keyof typeof PACKAGES,
  parameters: string[],
  input: Uint8Array | undefined,
  nothingFound: readonly number[] = [],
): Buffer {
  const { error, status, stdout, stderr } = spawnSync(command, parameters, {
    ...(input ? { input } : {}),
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error && 'code' in error && error.code === 'ENOENT') {
    throw new Error(`${command} is missing: install the Debian package ${PACKAGES[command]}`, {
      cause: error,
    })
  }
  if (error) throw error
  if (status !== 0 && !nothingFound.includes(status!))
    throw new Error(`${command} ended with code ${status}: ${stderr.toString().slice(0, 500)}`)
  return stdout
}
