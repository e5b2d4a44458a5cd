import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Font } from '@react-pdf/renderer'
import { invariant } from '../errors.ts'

/** The two families the official notice allows, in the weights our documents use. */
const FACES = {
  regular: { family: 'Titillium Web', weight: 400, file: 'titillium-web-400.ttf' },
  bold: { family: 'Titillium Web', weight: 700, file: 'titillium-web-700.ttf' },
  mono: { family: 'Roboto Mono', weight: 400, file: 'roboto-mono-400.ttf' },
  monoBold: { family: 'Roboto Mono', weight: 700, file: 'roboto-mono-700.ttf' },
} as const

export type Face = keyof typeof FACES

/** What typesetting needs of a face; all lengths in em. */
export interface FontMetrics {
  /** From the baseline up to the top of react-pdf's line box. */
  readonly ascent: number
  /** The advance of one character, undefined where the face has no glyph for it. */
  readonly advance: (character: string) => number | undefined
  /** The outline of one character, upwards from the baseline, for drawings that are no text. */
  readonly outline: (character: string) => readonly OutlineStep[]
}

/** A step of an outline: the pen's command and its points, x and y in turn. */
export interface OutlineStep {
  readonly command: 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'bezierCurveTo' | 'closePath'
  readonly points: readonly number[]
}

/** TrueType on purpose: the WOFF files of the same fonts cost 2.7 times the CPU of a document. */
const folder = new URL('../../../public/assets/fonts/ttf/', import.meta.url)
const metrics = new Map<Face, FontMetrics>()
let loading: Promise<void> | undefined

/**
 * Registers and parses the fonts, once a thread; pages can be composed only afterwards.
 * @throws Error naming the files that the asset build has not put into public/assets/fonts/ttf
 */
export function loadFonts(from: URL = folder): Promise<void> {
  loading ??= parseFonts(from).catch((cause: unknown) => {
    // Another call may find the files that were missing now.
    loading = undefined
    throw cause
  })
  return loading
}

async function parseFonts(from: URL): Promise<void> {
  const sources = Object.values(FACES).map((face) => ({
    ...face,
    src: fileURLToPath(new URL(face.file, from)),
  }))
  const missing = sources.filter(({ src }) => !existsSync(src)).map(({ src }) => basename(src))
  if (missing.length > 0) {
    throw new Error(
      `The fonts of the PDF documents are missing from ${fileURLToPath(from)}: ${missing.join(', ')}. ` +
        'The asset build (scripts/build-assets.ts) copies them there from bootstrap-italia.',
    )
  }
  for (const { family, weight, src } of sources) Font.register({ family, src, fontWeight: weight })
  // Lines are broken by typesetting.ts; react-pdf would hyphenate Italian by English rules.
  Font.registerHyphenationCallback((word) => [word])
  for (const face of Object.keys(FACES) as Face[]) metrics.set(face, await readMetrics(face))
}

async function readMetrics(face: Face): Promise<FontMetrics> {
  const descriptor = { fontFamily: FACES[face].family, fontWeight: FACES[face].weight }
  await Font.load(descriptor)
  const font = Font.getFont(descriptor).data
  invariant(font, `font ${FACES[face].file} was not parsed`)
  const advances = new Map<string, number | undefined>()
  return {
    ascent: font.ascent / font.unitsPerEm,
    advance(character) {
      if (!advances.has(character)) {
        const point = character.codePointAt(0)!
        const known = font.hasGlyphForCodePoint(point)
        advances.set(
          character,
          known ? font.glyphForCodePoint(point).advanceWidth / font.unitsPerEm : undefined,
        )
      }
      return advances.get(character)
    },
    outline(character) {
      const glyph = font.glyphForCodePoint(character.codePointAt(0)!)
      // The types of fontkit leave a path's commands open.
      const commands = glyph.path.commands as { command: OutlineStep['command']; args: number[] }[]
      return commands.map(({ command, args }) => ({
        command,
        points: args.map((value) => value / font.unitsPerEm),
      }))
    },
  }
}

/** The metrics of a face. Throws when {@link loadFonts} has not completed before. */
export function fontMetrics(face: Face): FontMetrics {
  const found = metrics.get(face)
  invariant(found, 'fonts are used before loadFonts() has completed')
  return found
}

/** The style properties that select a face. */
export function fontStyle(face: Face): { fontFamily: string; fontWeight: number } {
  return { fontFamily: FACES[face].family, fontWeight: FACES[face].weight }
}
