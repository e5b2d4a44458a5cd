import type { ReactElement } from 'react'
import { circle, rect } from './elements.ts'
import { GREY } from './grid.ts'
import { breakLines, leadingOf, set, textWidth, type TypeStyle } from './typesetting.ts'

/** A part of a page that knows its height before it has its place; lengths in points. */
export interface Block {
  readonly height: number
  /** What is drawn with the block's top left corner at (left, top): shapes lie below all texts of the page. */
  readonly at: (left: number, top: number) => Drawn
}

export interface Drawn {
  readonly shapes: readonly ReactElement[]
  readonly texts: readonly ReactElement[]
}

/** A text of any length, broken into lines of a width. */
export function paragraph(
  value: string,
  style: TypeStyle,
  width: number,
  { color, linesMax = Infinity }: { color?: string; linesMax?: number } = {},
): Block {
  const lines = breakLines(value, style, width, linesMax)
  const leading = leadingOf(style)
  // The first line's box reaches up to where capitals end, not further: blocks look aligned at their tops.
  const ascent = style.size * 0.75
  return {
    height: ascent + (lines.length - 1) * leading + style.size * 0.26,
    at: (left, top) => ({
      shapes: [],
      texts: [set(lines, style, { x: left, baseline: top + ascent, ...(color && { color }) })],
    }),
  }
}

/** Blocks below each other. */
export function stack(gap: number, ...blocks: readonly Block[]): Block {
  const height = blocks.reduce((sum, block) => sum + block.height, 0) + gap * Math.max(0, blocks.length - 1)
  return {
    height,
    at(left, top) {
      let next = top
      return together(
        blocks.map((block) => {
          const drawn = block.at(left, next)
          next += block.height + gap
          return drawn
        }),
      )
    },
  }
}

/** Blocks beside each other, each beginning at its distance from the left edge. */
export function beside(...parts: readonly { block: Block; offset: number }[]): Block {
  return {
    height: Math.max(0, ...parts.map(({ block }) => block.height)),
    at: (left, top) => together(parts.map(({ block, offset }) => block.at(left + offset, top))),
  }
}

/** A block in the middle of a height. */
export function centred(block: Block, height: number): Block {
  const above = Math.max(0, (height - block.height) / 2)
  return { height: Math.max(height, block.height), at: (left, top) => block.at(left, top + above) }
}

/** A style small enough for a width to hold the longest word of a text: an address is not broken inside. */
export function holding(value: string, style: TypeStyle, width: number): TypeStyle {
  const widest = Math.max(...value.split(/\s/).map((word) => textWidth(word, style)))
  const share = Math.max(0.5, Math.min(1, (width - 1) / widest))
  return { ...style, size: style.size * share, leading: leadingOf(style) * share }
}

/** A block with room around it, upon a rectangle of a colour. */
export function panel(
  inner: Block,
  width: number,
  { fill, padding }: { fill: string; padding: number },
): Block {
  const whole = inner.height + 2 * padding
  return {
    height: whole,
    at(left, top) {
      const { shapes, texts } = inner.at(left + padding, top + padding)
      return {
        shapes: [rect({ x: left, y: top, width, height: whole, rx: 6, ry: 6, fill }), ...shapes],
        texts,
      }
    },
  }
}

/** A bar across the page with a title in capitals, as on notice and receipt, and a mark in the entity's colour. */
export function titleBar(
  title: string,
  style: TypeStyle,
  page: { left: number; end: number },
  mark: string,
): Block {
  const height = style.size * 2
  return {
    height,
    at: (_, top) => ({
      shapes: [
        rect({ x: 0, y: top, width: page.end, height, fill: GREY }),
        rect({ x: 0, y: top, width: 6, height, fill: mark }),
      ],
      texts: [set(title, style, { x: page.left, baseline: top + height * 0.67 })],
    }),
  }
}

/** A text beside a number in a disc, or beside a dot. */
export function listItem(
  value: string,
  style: TypeStyle,
  width: number,
  { number, fill, onFill }: { number?: number; fill: string; onFill: string },
): Block {
  const { size } = style
  const indent = number === undefined ? size * 1.1 : size * 1.9
  const text = paragraph(value, style, width - indent)
  const middle = size * 0.42
  return {
    height: text.height,
    at(left, top) {
      const { texts } = text.at(left + indent, top)
      if (number === undefined)
        return { shapes: [circle({ cx: left + size * 0.35, cy: top + middle, r: size * 0.22, fill })], texts }
      const digits = { face: 'bold', size: size * 0.85 } as const
      const center = left + size * 0.65
      return {
        shapes: [circle({ cx: center, cy: top + middle, r: size * 0.68, fill })],
        texts: [
          set(String(number), digits, {
            x: center - textWidth(String(number), digits) / 2,
            baseline: top + middle + size * 0.3,
            color: onFill,
          }),
          ...texts,
        ],
      }
    },
  }
}

function together(all: readonly Drawn[]): Drawn {
  return { shapes: all.flatMap(({ shapes }) => shapes), texts: all.flatMap(({ texts }) => texts) }
}
