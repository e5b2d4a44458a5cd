/** The one colour that an entity chooses, `#rrggbb`. */
export interface ThemeChoice {
  readonly primary: string
}

export interface Theme {
  /** The chosen colour, darkened until it reads on white and white reads on it. */
  readonly primary: string
  /** The bar above the header, and buttons under the pointer. */
  readonly primaryDark: string
  /** Text on `primary`. */
  readonly onPrimary: string
  /** The pale ground of what is selected; `primaryDark` reads on it. */
  readonly tint: string
}

type Rgb = readonly [red: number, green: number, blue: number]

/** What WCAG 2.2 AA asks of text (success criterion 1.4.3). */
export const MINIMUM_CONTRAST = 4.5
const white: Rgb = [255, 255, 255]
/** The page's own ground, and the palest share of primary in the tint. */
const ground: Rgb = [243, 246, 250]
const tintShare = 0.1

/**
 * The four colours of a theme. A colour too pale is darkened in small steps until it has the contrast that
 * the law asks for, on white, on the page's ground and on its own tint.
 * @throws RangeError when the colour is not written `#rrggbb`
 */
export function themeColours({ primary }: ThemeChoice): Theme {
  let colour = parse(primary)
  while (!readable(colour)) colour = mix(colour, [0, 0, 0], 0.04)
  return {
    primary: write(colour),
    primaryDark: write(mix(colour, [0, 0, 0], 0.28)),
    onPrimary: '#ffffff',
    tint: write(mix(white, colour, tintShare)),
  }
}

/**
 * The sheet of a theme: four custom properties, served from an address of its own so that the policy forbids inline styles.
 * @param where what it colours: the whole page unless told otherwise
 */
export function themeCss(choice: ThemeChoice, where = ':root'): string {
  const theme = themeColours(choice)
  return `${where}{--tenant-primary:${theme.primary};--tenant-primary-dark:${theme.primaryDark};--tenant-on-primary:${theme.onPrimary};--tenant-tint:${theme.tint}}\n`
}

/** The contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  return contrastOf(parse(one), parse(other))
}

function readable(colour: Rgb): boolean {
  return [white, ground, mix(white, colour, tintShare)].every(
    (other) => contrastOf(colour, other) >= MINIMUM_CONTRAST,
  )
}

function contrastOf(one: Rgb, other: Rgb): number {
  const [lighter, darker] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function mix(colour: Rgb, other: Rgb, share: number): Rgb {
  // Rounding down makes sure that each step of darkening is one.
  return colour.map((value, index) => Math.floor(value + (other[index]! - value) * share)) as unknown as Rgb
}

function parse(text: string): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text)
  if (!match) throw new RangeError(`"${text}" is no colour of the form #rrggbb`)
  return match.slice(1).map((pair) => Number.parseInt(pair, 16)) as unknown as Rgb
}

function write(colour: Rgb): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
