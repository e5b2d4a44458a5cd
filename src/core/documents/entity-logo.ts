import type { ReactElement } from 'react'
import { image } from './elements.ts'
import { GRID } from './grid.ts'

/** The entity's logo in its square at the top right, or nothing where it is missing or no picture we print. */
export function entityLogo(bytes: Uint8Array | undefined): ReactElement | undefined {
  const { left, top, side } = GRID.logo
  return entityPicture(bytes, { left, top, width: side, height: side })
}

/** The entity's logo as large as the box has room for it, in points; undefined as for {@link entityLogo}. */
export function entityPicture(
  bytes: Uint8Array | undefined,
  box: { left: number; top: number; width: number; height: number },
): ReactElement | undefined {
  const src = bytes && printablePicture(bytes)
  return src && image({ src, style: { position: 'absolute', ...box, objectFit: 'contain' } })
}

/** A PNG or JPEG as it is, an SVG without what could reach beyond it; undefined for anything else. */
function printablePicture(bytes: Uint8Array): Buffer | undefined {
  const starts = (...magic: number[]) => magic.every((byte, index) => bytes[index] === byte)
  if (starts(0x89, 0x50, 0x4e, 0x47) || starts(0xff, 0xd8)) return Buffer.from(bytes)
  const drawing = withoutProlog(new TextDecoder().decode(bytes))
  // React-pdf opens the file or address that an image inside the drawing names: such a drawing is refused.
  return /^\s*<svg/.test(drawing) && !/<\s*image/i.test(drawing) ? Buffer.from(drawing) : undefined
}

/**
 * The drawing without declarations and comments. React-pdf drops them before it reads tags, so a comment inside a
 * tag's name could hide it from us: what we check is what it gets, with nothing left to drop.
 */
function withoutProlog(source: string): string {
  const prolog = /<\?xml[^?]*\?>|<!DOCTYPE[^>]*>|<!--[\s\S]*?-->/gi
  let shorter = source.replace(prolog, '')
  while (shorter.length < source.length) [source, shorter] = [shorter, shorter.replace(prolog, '')]
  return shorter
}
