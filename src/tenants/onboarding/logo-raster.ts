import { crc32, inflateSync } from 'node:zlib'

/** The largest side of a picture, in pixels: ten times what any page or notice prints. */
export const LOGO_PIXELS_MAX = 2_000

/** Why a picture is not taken: keys under `onboarding.logo.problem`. */
export type LogoProblem =
  | 'too_heavy'
  | 'no_picture'
  | 'damaged'
  | 'too_large'
  | 'more_than_picture'
  | 'drawing_scripts'
  | 'drawing_reaches_out'
  | 'drawing_unreadable'
  | 'drawing_sheet'
  | 'drawing_size'

export class LogoFault extends Error {
  override readonly name = 'LogoFault'
  readonly problem: LogoProblem
  constructor(problem: LogoProblem) {
    super(problem)
    this.problem = problem
  }
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** What a picture needs to look as it was drawn; texts, dates, places and whatever else a PNG may carry are left out. */
const PNG_CHUNKS = ['IHDR', 'PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'pHYs', 'IDAT', 'IEND']
/** Samples of a pixel by colour type (PNG 3rd edition, table 8). */
const PNG_SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** True for what begins as a PNG. */
export function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, 8).equals(PNG_SIGNATURE)
}

/**
 * The picture alone: every chunk's check sum is asked, what is no picture is dropped, and what stands behind the end refuses
 * the file, since it would be a second file inside the first.
 * @throws LogoFault
 */
export function cleanPng(bytes: Buffer): Buffer {
  const kept: Buffer[] = [PNG_SIGNATURE]
  const data: Buffer[] = []
  let header: Buffer | undefined
  let ended = false
  for (let at = 8; at < bytes.length;) {
    if (ended) throw new LogoFault('more_than_picture')
    if (at + 12 > bytes.length) throw new LogoFault('damaged')
    const length = bytes.readUInt32BE(at)
    const end = at + 12 + length
    if (end > bytes.length) throw new LogoFault('damaged')
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) throw new LogoFault('damaged')
    if ((type === 'IHDR') !== (header === undefined)) throw new LogoFault('damaged')
    const body = bytes.subarray(at + 8, end - 4)
    if (type === 'IHDR') header = body
    if (type === 'IDAT') data.push(body)
    if (type === 'IEND') ended = true
    // An unknown chunk that the picture cannot do without has a capital first letter.
    if (!PNG_CHUNKS.includes(type) && /^[A-Z]/.test(type)) throw new LogoFault('damaged')
    if (PNG_CHUNKS.includes(type)) kept.push(bytes.subarray(at, end))
    at = end
  }
  if (!header || !ended) throw new LogoFault('damaged')
  assertWhole(header, Buffer.concat(data))
  return Buffer.concat(kept)
}

/** The size is judged before anything is unpacked, and what is unpacked must be just the size that the header says. */
function assertWhole(header: Buffer, data: Buffer): void {
  if (header.length !== 13) throw new LogoFault('damaged')
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  assertSize(width, height)
  const [depth, samples, interlaced] = [header[8]!, PNG_SAMPLES[header[9]!], header[12]!]
  // Interlaced pictures are rare, and their size unpacked is another sum.
  if (samples === undefined || interlaced !== 0) throw new LogoFault('damaged')
  const expected = height * (1 + Math.ceil((width * samples * depth) / 8))
  let unpacked: number
  try {
    unpacked = inflateSync(data, { maxOutputLength: expected + 1 }).length
  } catch {
    throw new LogoFault('damaged')
  }
  if (unpacked !== expected) throw new LogoFault('damaged')
}

/** True for what begins as a JPEG. */
export function isJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
}

/** Frames that browsers draw: baseline, extended and progressive (ITU T.81, table B.1). */
const JPEG_FRAMES = [0xc0, 0xc1, 0xc2]
/** Besides the frame: tables, restart interval, scan, JFIF's and Adobe's headers, which tell the colours. */
const JPEG_KEPT = [...JPEG_FRAMES, 0xc4, 0xdb, 0xdd, 0xda, 0xe0, 0xee]

/**
 * The picture alone: comments, places and the camera's notes are dropped, and what stands behind its end refuses the file.
 * @throws LogoFault
 */
export function cleanJpeg(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 2)]
  let sized = false
  for (let at = 2; at < bytes.length;) {
    const marker = bytes[at + 1]
    if (bytes[at] !== 0xff || marker === undefined) throw new LogoFault('damaged')
    if (marker === 0xd9) {
      if (at + 2 !== bytes.length) throw new LogoFault('more_than_picture')
      if (!sized) throw new LogoFault('damaged')
      return Buffer.concat([...kept, bytes.subarray(at)])
    }
    if (at + 4 > bytes.length) throw new LogoFault('damaged')
    let end = at + 2 + bytes.readUInt16BE(at + 2)
    if (end > bytes.length || end < at + 4) throw new LogoFault('damaged')
    if (JPEG_FRAMES.includes(marker)) {
      if (end < at + 10) throw new LogoFault('damaged')
      assertSize(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5))
      sized = true
    }
    if (marker === 0xda) end = endOfScan(bytes, end)
    if (JPEG_KEPT.includes(marker)) kept.push(bytes.subarray(at, end))
    else if ((marker & 0xf0) !== 0xe0 && marker !== 0xfe) throw new LogoFault('damaged')
    at = end
  }
  throw new LogoFault('damaged')
}

/** Where the coded pixels end: at the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next !== undefined && next !== 0 && (next < 0xd0 || next > 0xd7)) return at
  }
  throw new LogoFault('damaged')
}

function assertSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new LogoFault('damaged')
  if (width > LOGO_PIXELS_MAX || height > LOGO_PIXELS_MAX) throw new LogoFault('too_large')
}
