import type { ReactElement } from 'react'
import { BLACK } from './grid.ts'
import { circle, group, path, rect } from './elements.ts'

const LINE = {
  fill: 'none',
  stroke: BLACK,
  strokeWidth: 1,
  strokeLinejoin: 'round',
  strokeLinecap: 'round',
} as const
const PAPER = { ...LINE, fill: '#FFFFFF' } as const

/** An "i" in a ring, 11 points across, with its top left corner at (x, y). */
export function infoPictogram(x: number, y: number): ReactElement {
  return at(
    x,
    y,
    circle({ cx: 5.5, cy: 5.5, r: 5, ...LINE, strokeWidth: 0.9 }),
    circle({ cx: 5.5, cy: 3.1, r: 0.65, fill: BLACK }),
    path({ d: 'M5.5 5v3.1', ...LINE }),
  )
}

/** A laptop and a telephone: paying online. 34 × 26 points. */
export function devicesPictogram(x: number, y: number): ReactElement {
  return at(
    x,
    y,
    path({ d: 'M2.6 18.4V2.7A2.1 2.1 0 0 1 4.7.6h24.6a2.1 2.1 0 0 1 2.1 2.1v15.7', ...LINE }),
    path({ d: 'M.6 18.4h32.8c0 1.5-.9 2.3-2.3 2.3H2.9c-1.4 0-2.3-.8-2.3-2.3z', ...PAPER }),
    circle({ cx: 17, cy: 3, r: 0.5, fill: BLACK }),
    rect({ x: 20.7, y: 12.2, width: 7.6, height: 12.8, rx: 2, ry: 2, ...PAPER }),
    circle({ cx: 24.5, cy: 14.4, r: 0.5, fill: BLACK }),
  )
}

/** Three places on a ring: paying at a counter nearby. 34 × 35 points. */
export function placesPictogram(x: number, y: number): ReactElement {
  const pin = (left: number, top: number) =>
    at(
      left,
      top,
      path({ d: 'M5 12.4C2.5 10.4.6 7.8.6 5.1a4.4 4.4 0 0 1 8.8 0c0 2.7-1.9 5.3-4.4 7.3z', ...PAPER }),
      circle({ cx: 5, cy: 5.1, r: 2.1, ...LINE }),
    )
  return at(x, y, circle({ cx: 17, cy: 17.6, r: 11.3, ...LINE }), pin(12, 0), pin(0.2, 10.8), pin(23.8, 21.8))
}

/** Scissors at work on the line below them, 12 × 8 points: here the slip is cut off. */
export function scissorsPictogram(x: number, y: number): ReactElement {
  const grey = { ...LINE, stroke: CUTTING_GREY, strokeWidth: 1.3 } as const
  return at(
    x,
    y,
    path({
      d: 'M.2 7.2c.2-.8.7-1.1 1.6-1.2l6.9-1 .3 1.3-4.1.6L.6 7.5zM3.9 8.2l2.3-4.8 1.2.6-1.9 4.2z',
      fill: CUTTING_GREY,
    }),
    circle({ cx: 6.9, cy: 2.2, r: 1.5, ...grey }),
    circle({ cx: 9.9, cy: 5.5, r: 1.5, ...grey }),
  )
}

const CUTTING_GREY = '#7C7C7B'

function at(x: number, y: number, ...shapes: ReactElement[]): ReactElement {
  return group({ style: { transform: `translate(${x}, ${y})` } }, ...shapes)
}
