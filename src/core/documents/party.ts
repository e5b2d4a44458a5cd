import type { ReactElement } from 'react'
import { breakLines, leadingOf, set, type TypeStyle } from './typesetting.ts'

/** A party of the payment as its module names it. */
export interface Party {
  readonly name: string
  /** An office, or an address. */
  readonly middle: string | undefined
  readonly small?: string | undefined
}

interface Density {
  readonly name: TypeStyle & { linesMax: number; baseline: number }
  readonly middle: TypeStyle & { linesMax: number; baseline: number; gap: number }
  readonly small: TypeStyle & { linesMax: number; baseline: number; gap: number }
}

/** The sizes and baselines of the official notice. */
const STANDARD: Density = {
  name: { face: 'bold', size: 14, leading: 17, linesMax: 2, baseline: 177.6 },
  middle: { face: 'regular', size: 12, leading: 17.5, linesMax: 3, baseline: 210.4, gap: 20 },
  small: { face: 'regular', size: 8, leading: 10.8, linesMax: 2, baseline: 239.2, gap: 14 },
}

/** The same for fields near their maxima, which would run into the next bar. */
const COMPACT: Density = {
  name: { face: 'bold', size: 12, leading: 14, linesMax: 3, baseline: 164 },
  middle: { face: 'regular', size: 10, leading: 12.5, linesMax: 4, baseline: 0, gap: 15 },
  small: { face: 'regular', size: 8, leading: 10, linesMax: 2, baseline: 0, gap: 13 },
}

/** Baselines may reach down to here before the next bar, at 253. */
const LAST_BASELINE = 246

/** The texts of one party, in a column that begins at `x`; smaller and closer where the standard does not fit. */
export function partyBlock(x: number, width: number, party: Party): ReactElement[] {
  const standard = lay(party, STANDARD, width)
  const plan = standard.fits ? standard : lay(party, COMPACT, width)
  return plan.blocks.map(({ lines, style, baseline }) => set(lines, style, { x, baseline }))
}

function lay({ name, middle, small }: Party, density: Density, width: number) {
  const blocks: { lines: string[]; style: TypeStyle; baseline: number }[] = []
  let end = 0
  let cut = false
  const add = (value: string | undefined, style: TypeStyle & { linesMax: number }, baseline: number) => {
    if (value === undefined) return
    const whole = breakLines(value, style, width, Infinity)
    cut ||= whole.length > style.linesMax
    const lines = breakLines(value, style, width, style.linesMax)
    blocks.push({ lines, style, baseline })
    end = baseline + (lines.length - 1) * leadingOf(style)
  }
  add(name, density.name, density.name.baseline)
  add(middle, density.middle, Math.max(density.middle.baseline, end + density.middle.gap))
  add(small, density.small, Math.max(density.small.baseline, end + density.small.gap))
  return {
    blocks: density === COMPACT ? spread(blocks, LAST_BASELINE - end) : blocks,
    fits: !cut && end <= LAST_BASELINE,
  }
}

/** Gives the room that is left over to the gaps above the blocks, evenly. */
function spread<Block extends { baseline: number }>(blocks: Block[], spare: number): Block[] {
  const share = Math.max(0, Math.min(9, spare / (blocks.length + 1)))
  return blocks.map((block, index) => ({ ...block, baseline: block.baseline + share * (index + 1) }))
}
