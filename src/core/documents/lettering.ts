import { type Face, fontMetrics, type OutlineStep } from './fonts.ts'

/** Where a point of a letter goes: x from the letter's left edge, y up from the baseline, in points. */
type Placing = (x: number, y: number) => readonly [x: number, y: number]

const PENS: Readonly<Record<OutlineStep['command'], string>> = {
  moveTo: 'M',
  lineTo: 'L',
  quadraticCurveTo: 'Q',
  bezierCurveTo: 'C',
  closePath: 'Z',
}

/** A line of letters as SVG path data, for marks that are pictures: no reader of the file finds words in them. */
export function lettering(
  value: string,
  { face, size, tracking = 0 }: { face: Face; size: number; tracking?: number },
  at: { x: number; baseline: number },
): { d: string; end: number } {
  let left = at.x
  let d = ''
  for (const character of value) {
    const origin = left
    d += drawn(face, character, size, (x, y) => [origin + x, at.baseline - y])
    left += advanceOf(face, character) * size + tracking
  }
  return { d, end: left - tracking }
}

/**
 * Letters around a circle, centred on its top with their feet inward, or on its bottom with their feet outward.
 * @param at.radius of the baseline
 */
export function letteringOnCircle(
  value: string,
  { face, size, tracking = 0 }: { face: Face; size: number; tracking?: number },
  at: { x: number; y: number; radius: number; side: 'top' | 'bottom' },
): string {
  const widths = Array.from(value, (character) => advanceOf(face, character) * size)
  const total = widths.reduce((sum, width) => sum + width, 0) + tracking * (widths.length - 1)
  const turn = at.side === 'top' ? 1 : -1
  let along = -total / 2
  let d = ''
  Array.from(value).forEach((character, index) => {
    const middle = along + widths[index]! / 2
    const angle = (turn * middle) / at.radius
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
    d += drawn(face, character, size, (x, y) => {
      const [across, up] = [x - widths[index]! / 2, y + turn * at.radius]
      return [at.x + across * cos + up * sin, at.y + across * sin - up * cos]
    })
    along += widths[index]! + tracking
  })
  return d
}

function advanceOf(face: Face, character: string): number {
  return fontMetrics(face).advance(character) ?? 0
}

function drawn(face: Face, character: string, size: number, place: Placing): string {
  return fontMetrics(face)
    .outline(character)
    .map(({ command, points }) => {
      const placed: string[] = []
      for (let index = 0; index < points.length; index += 2)
        placed.push(
          place(points[index]! * size, points[index + 1]! * size)
            .map(rounded)
            .join(' '),
        )
      return PENS[command] + placed.join(' ')
    })
    .join('')
}

/** Hundredths of a point are finer than any printer, and keep the file small. */
function rounded(value: number): string {
  return String(Math.round(value * 100) / 100)
}
