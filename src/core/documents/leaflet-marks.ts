import type { ReactElement } from 'react'
import type { Theme } from '../theme.ts'
import { group, path, rect } from './elements.ts'
import { drawnCode } from './grid.ts'
import type { Block } from './leaflet-blocks.ts'
import { lettering } from './lettering.ts'
import { pagopaLogo } from './pagopa-logo.ts'
import { qr } from './qr.ts'

/** The plain shield with the entity's letters that its pages show, `width` points wide: a picture, no text. */
export function shieldMark(initials: string, { primary, primaryDark }: Theme, width: number): Block {
  const letters = initials.replace(/[^\p{L}\p{N}]/gu, '').slice(0, 3)
  const style = { face: 'bold', size: letters.length > 2 ? 11 : 14 } as const
  const { end } = lettering(letters, style, { x: 0, baseline: 0 })
  const { d } = lettering(letters, style, { x: 20 - end / 2, baseline: 22 })
  return {
    height: width * 1.1,
    at: (left, top) => ({
      shapes: [
        group(
          { style: { transform: `translate(${left}, ${top}) scale(${width / 30}) translate(-5, -5)` } },
          path({ d: 'M5 5h30v21c0 8-6.5 13-15 16.5C11.5 39 5 34 5 26z', fill: primary }),
          path({ d: 'M5 26h30c0 8-6.5 13-15 16.5C11.5 39 5 34 5 26z', fill: primaryDark }),
          path({ d, fill: '#FFFFFF' }),
        ),
      ],
      texts: [],
    }),
  }
}

/** The pagoPA mark in its own blue, `width` points wide, with its right edge at `end`. */
export function pagopaMark(end: number, top: number, width: number): ReactElement {
  const scale = width / pagopaLogo.width
  return group(
    { style: { transform: `translate(${end - width}, ${top}) scale(${scale})` } },
    ...pagopaLogo.outlines.map((d) => path({ d, fill: pagopaLogo.color })),
  )
}

/** A QR code with the white around it that readers ask for (ISO 18004: four modules), `side` points wide in all. */
export function qrMark(payload: string, side: number): Block {
  const code = qr(payload)
  const quiet = (side / (code.modules + 8)) * 4
  return {
    height: side,
    at: (left, top) => ({
      shapes: [
        rect({ x: left, y: top, width: side, height: side, rx: 4, ry: 4, fill: '#FFFFFF' }),
        drawnCode(code, left + quiet, top + quiet, side - 2 * quiet),
      ],
      texts: [],
    }),
  }
}
