/** Colours of a document that follow the entity's own; all pairs keep the contrast of WCAG 2.2 AA (4.5 to 1). */
export interface Accent {
  /** Areas. */
  readonly fill: string
  /** Text upon such areas. */
  readonly onFill: string
  /** Text on white: the entity's colour where it is dark enough, else black. */
  readonly ink: string
}

const PAGOPA_BLUE = '#0066CC'
const WHITE = '#FFFFFF'
const BLACK = '#000000'

/** The accent of an entity's primary colour (`#rrggbb`); pagoPA's blue where there is none, or no such colour. */
export function accentOf(primaryColor: string | undefined): Accent {
  const fill = primaryColor !== undefined && /^#[\da-f]{6}$/i.test(primaryColor) ? primaryColor : PAGOPA_BLUE
  return {
    fill,
    onFill: contrast(fill, WHITE) >= 4.5 ? WHITE : BLACK,
    ink: contrast(fill, WHITE) >= 4.5 ? fill : BLACK,
  }
}

/** The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, relative luminance). */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (lighter! + 0.05) / (darker! + 0.05)
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(color.slice(start, start + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
