import type { ReactElement } from 'react'
import { themeColours, type Theme } from '../theme.ts'
import { rect } from './elements.ts'
import { entityPicture } from './entity-logo.ts'
import { drawing, fit, GREY, GRID, sheet, TYPE } from './grid.ts'
import type { LeafletDocument } from './leaflet-data.ts'
import type { Block } from './leaflet-blocks.ts'
import { backBlocks, frontBlocks } from './leaflet-parts.ts'
import { pagopaMark, shieldMark } from './leaflet-marks.ts'
import { breakLines, set, textWidth } from './typesetting.ts'

/** Sizes of type, as a share of the usual one: the largest is taken with which a page has room for all it says. */
const SIZES = [
  1.45, 1.4, 1.35, 1.3, 1.25, 1.2, 1.15, 1.1, 1.05, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6,
]

/** Where the blocks of a page may stand. */
const FIRST_TOP = 100
const LAST_BOTTOM = 786
const GAP = { least: 12, most: 26 }

/**
 * The leaflet for families: front and back of one A4 sheet, in the grammar of notice and receipt and in the entity's
 * colours. Nothing is cut: long texts are set smaller. `loadFonts()` must have completed.
 */
export function leafletPages(leaflet: LeafletDocument): ReactElement[] {
  const theme = themeColours({ primary: leaflet.entity.primaryColor })
  return [
    side(leaflet, theme, (size) => frontBlocks(leaflet, theme, size), leaflet.overleaf),
    side(leaflet, theme, (size) => backBlocks(leaflet, theme, size), '2/2'),
  ]
}

function side(
  leaflet: LeafletDocument,
  theme: Theme,
  blocksAt: (size: number) => readonly Block[],
  corner: string,
): ReactElement {
  const blocks = fitting(blocksAt)
  const spare = LAST_BOTTOM - FIRST_TOP - heightOf(blocks)
  const gap = Math.min(GAP.most, GAP.least + spare / Math.max(1, blocks.length - 1))
  let top = FIRST_TOP
  const drawn = blocks.map((block) => {
    const here = block.at(GRID.left, top)
    top += block.height + gap
    return here
  })
  const logo = entityPicture(leaflet.entity.logo, { left: GRID.left, top: 22, width: 42, height: 50 })
  const shield = logo ? [] : shieldMark(leaflet.entity.initials, theme, 38).at(GRID.left, 26).shapes
  return sheet(
    drawing(
      rect({ x: 0, y: 0, width: GRID.width, height: 8, fill: theme.primary }),
      pagopaMark(GRID.rightEnd, 30, 52),
      ...shield,
      ...drawn.flatMap(({ shapes }) => shapes),
      rect({ x: GRID.left, y: 796, width: GRID.rightEnd - GRID.left, height: 0.8, fill: GREY }),
    ),
    ...(logo ? [logo] : []),
    ...masthead(leaflet),
    ...drawn.flatMap(({ texts }) => texts),
    ...footer(leaflet, corner),
  )
}

/** The blocks in the largest size in which they fit between head and foot. */
function fitting(blocksAt: (size: number) => readonly Block[]): readonly Block[] {
  let blocks: readonly Block[] = []
  for (const size of SIZES) {
    blocks = blocksAt(size)
    if (heightOf(blocks) <= LAST_BOTTOM - FIRST_TOP) return blocks
  }
  return blocks
}

/** All blocks with the least gap between them. */
function heightOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { height }) => sum + height, 0) + GAP.least * (blocks.length - 1)
}

/** Whose sheet it is: the entity's name beside its picture or shield, and the service. */
function masthead({ entity }: LeafletDocument): ReactElement[] {
  const left = GRID.left + 50
  const width = GRID.rightEnd - 52 - 16 - left
  const sizes = [15, 13, 11.5].map((size) => ({ face: 'bold', size, leading: size * 1.2 }) as const)
  const name = fit(entity.name, sizes, width, 2)
  const service = { face: 'regular', size: 10.5 } as const
  const below = 41 + (name.lines.length - 1) * name.style.size * 1.2
  return [
    set(name.lines, name.style, { x: left, baseline: 41 }),
    set(breakLines(entity.service, service, width, 1), service, { x: left, baseline: below + 16 }),
  ]
}

/** How old the sheet is and where the present one is, and that there is another side. */
function footer({ closing }: LeafletDocument, corner: string): ReactElement[] {
  const room = GRID.rightEnd - GRID.left - textWidth(corner, TYPE.bodyBold) - 20
  return [
    set(
      breakLines(closing, { ...TYPE.body, leading: 10 }, room, 2),
      { ...TYPE.body, leading: 10 },
      {
        x: GRID.left,
        baseline: 809,
      },
    ),
    set(corner, TYPE.bodyBold, { x: GRID.rightEnd, baseline: 809, align: 'right' }),
  ]
}
