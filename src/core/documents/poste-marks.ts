import type { ReactElement } from 'react'
import { circle, group, path, rect } from './elements.ts'
import { lettering, letteringOnCircle } from './lettering.ts'

/*
 * The signs on the postal slip, lettered in the notice's own type at the places and sizes of Poste's. Poste's artwork
 * is its property and comes with its leave to print; these say the same words to the eye, and are no copy of it.
 * All of them are drawn once a thread.
 */

const INK = '#1D1D1B'

const drawn = new Map<string, readonly ReactElement[]>()

/** The shapes of a sign, made at the first notice that needs them and put where each one wants them. */
function sign(name: string, x: number, y: number, shapes: () => readonly ReactElement[]): ReactElement {
  let found = drawn.get(name)
  if (!found) {
    found = shapes()
    drawn.set(name, found)
  }
  return group({ style: { transform: `translate(${x}, ${y})` } }, ...found)
}

/** "Posteitaliane", 110 points wide. */
export function posteMark(x: number, baseline: number): ReactElement {
  return sign('poste', x, baseline, () => twoWeights('Poste', 'bold', 'italiane', 'regular', 19.9))
}

/** "BancoPosta", 57 points wide. */
export function bancoPostaMark(x: number, baseline: number): ReactElement {
  return sign('bancoposta', x, baseline, () => twoWeights('Banco', 'regular', 'Posta', 'bold', 11.2))
}

function twoWeights(
  first: string,
  firstFace: 'regular' | 'bold',
  second: string,
  secondFace: 'regular' | 'bold',
  size: number,
): ReactElement[] {
  const start = lettering(first, { face: firstFace, size }, { x: 0, baseline: 0 })
  const rest = lettering(second, { face: secondFace, size }, { x: start.end, baseline: 0 })
  return [path({ d: start.d + rest.d, fill: INK })]
}

/** A euro sign, white on a black square of 22 points. */
export function euroMark(x: number, y: number): ReactElement {
  const stroke = { fill: 'none', stroke: '#FFFFFF', strokeWidth: 1.9 } as const
  return sign('euro', x, y, () => [
    rect({ x: 0, y: 0, width: 22, height: 22, fill: INK }),
    // Two fifths of the ring stay open, at the right.
    path({ d: 'M17.2 6.2A7 7 0 1 0 17.2 15.8', ...stroke }),
    path({ d: 'M3 9.7H15.5M3 12.3H14.6', ...stroke, strokeWidth: 1.4 }),
  ])
}

/** The seal of the slips' circuit, with its name beside it. */
export function circuitMark(x: number, y: number): ReactElement {
  return sign('circuit', x, y, () => {
    const radius = 18.6
    const ring = { x: radius, y: radius }
    const letters = { face: 'bold', size: 3.5, tracking: 0.25 } as const
    const name = (value: string, face: 'regular' | 'bold', baseline: number, from = 48.6) =>
      lettering(value, { face, size: 5.3 }, { x: from, baseline })
    const banco = name('Banco', 'regular', 24.1)
    const initial = lettering('B', { face: 'bold', size: 21 }, { x: 0, baseline: 0 })
    return [
      circle({ cx: radius, cy: radius, r: radius, fill: INK }),
      circle({ cx: radius, cy: radius, r: 12.6, fill: '#FFFFFF' }),
      path({
        d:
          letteringOnCircle('BOLLETTINO POSTALE', letters, { ...ring, radius: 14.4, side: 'top' }) +
          letteringOnCircle('POSTE ITALIANE', letters, { ...ring, radius: 16.9, side: 'bottom' }),
        fill: '#FFFFFF',
      }),
      group(
        { style: { transform: `translate(${radius - initial.end / 2}, ${radius + 7.3})` } },
        path({ d: initial.d, fill: INK }),
      ),
      rect({ x: 42.6, y: 8.8, width: 1.5, height: 19, fill: INK }),
      path({
        d: [
          name('circuito', 'bold', 14.1),
          name('bollettino postale', 'bold', 19.1),
          banco,
          name('Posta', 'bold', 24.1, banco.end),
        ]
          .map(({ d }) => d)
          .join(''),
        fill: INK,
      }),
    ]
  })
}
