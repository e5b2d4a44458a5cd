import { execFileSync, type ExecFileSyncOptionsWithBufferEncoding } from 'node:child_process'
import { createRequire } from 'node:module'
import type { QRCode } from 'jsqr'
import { invariant } from '../errors.ts'

/* Reads PDF files back, as a reader's eyes and telephone would. For tests only: it needs poppler and jsqr. */

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
  return poppler('pdftotext', ['-layout', '-', '-'], pdf).toString().replace(/\s+/g, ' ').trim()
}

/** Every word of a PDF file with its place. */
export function readWords(pdf: Uint8Array): PrintedWord[] {
  const page = poppler('pdftotext', ['-bbox', '-', '-'], pdf).toString()
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
  const lines = poppler('pdfinfo', ['-'], pdf).toString().trim().split('\n')
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  )
}

/** The grey of a point of the first page: 0 is black, 255 is white. */
export function readGrey(pdf: Uint8Array, left: number, top: number): number {
  const { pixels } = rasterize(pdf, { left, top, width: 1, height: 1 }, 72)
  return pixels[0]!
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

function rasterize(pdf: Uint8Array, { left, top, width, height }: Region, dotsPerInch: number) {
  const pixels = (points: number) => Math.round((points * dotsPerInch) / 72)
  const image = poppler(
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

function poppler(
  command: 'pdftotext' | 'pdftoppm' | 'pdfinfo',
  parameters: string[],
  pdf: Uint8Array,
): Buffer {
  const options: ExecFileSyncOptionsWithBufferEncoding = { input: pdf, maxBuffer: 64 * 1024 * 1024 }
  try {
    return execFileSync(command, parameters, options)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new Error(`${command} is missing: install the Debian package poppler-utils`, { cause })
  }
}
