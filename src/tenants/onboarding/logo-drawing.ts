import { readXml, SyntaxFault, type XmlElement } from '#core/read-xml.ts'
import { LogoFault } from './logo-raster.ts'

const SVG = 'http://www.w3.org/2000/svg'
/** A coat of arms may have thousands of paths; a bomb has more. */
const LIMITS = { levelsMax: 40, nodesMax: 20_000 }

const SHAPES = ['g', 'path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon']
const PAINTS = ['defs', 'linearGradient', 'radialGradient', 'stop', 'clipPath', 'title', 'desc']
const ELEMENTS = new Set(['svg', ...SHAPES, ...PAINTS])
/** Words about the file, which editors leave behind: dropped without a word. */
const DROPPED = new Set(['metadata', 'namedview', 'switch'])
/** What runs, loads or moves: a file that holds one is refused and not mended, since it was no plain picture. */
const REACHES_OUT = new Set([
  'image',
  'use',
  'a',
  'feImage',
  'foreignObject',
  'iframe',
  'embed',
  'object',
  'link',
])
const RUNS = new Set(['script', 'animate', 'animateMotion', 'animateTransform', 'set', 'handler', 'discard'])

/** Properties of paint, which stand as attributes or inside `style`. */
const PAINT = new Set([
  'fill',
  'fill-opacity',
  'fill-rule',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-dasharray',
  'stroke-dashoffset',
  'opacity',
  'clip-rule',
  'clip-path',
  'stop-color',
  'stop-opacity',
  'color',
  'display',
  'visibility',
])
const GEOMETRY = new Set(
  (
    'id viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points transform ' +
    'offset gradientUnits gradientTransform spreadMethod clipPathUnits'
  ).split(' '),
)
/** Numbers, names of colours, functions of colours and of transforms: no quote, no backslash, no address. */
const PLAIN_VALUE = /^[\w\s.,#%()+-]*$/
const OWN_REFERENCE = /^url\(#[\w.-]+\)$/

/** True for what may be an SVG: text whose first element is one. */
export function isDrawing(bytes: Buffer): boolean {
  return /^(\uFEFF|ï»¿)?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(\w+:)?svg[\s>]/.test(
    bytes.toString('latin1', 0, 4_096),
  )
}

/**
 * The drawing written anew, from nothing but shapes, paints and numbers that are on a list. Nothing of the file's own text
 * stands in what is written.
 * @throws LogoFault where it holds what runs, loads or moves, a style sheet, or no size
 */
export function cleanDrawing(bytes: Buffer): Buffer {
  const root = parse(bytes)
  if (root.name !== 'svg' || root.namespace !== SVG) throw new LogoFault('drawing_unreadable')
  const sized = viewBoxOf(root)
  const written = write(root, sized)
  if (!/<(path|rect|circle|ellipse|line|polyline|polygon)\b/.test(written))
    throw new LogoFault('drawing_unreadable')
  return Buffer.from(written)
}

function parse(bytes: Buffer): XmlElement {
  try {
    // Editors write a declaration of the document's type, which is harmless where it declares nothing itself.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return readXml(text.replace(/<!DOCTYPE\s[^[>]*>/i, ''), LIMITS)
  } catch (error) {
    if (error instanceof SyntaxFault || error instanceof TypeError) throw new LogoFault('drawing_unreadable')
    throw error
  }
}

/** The drawing's own coordinates. Without them it could not be made smaller. */
function viewBoxOf(root: XmlElement): string {
  const attribute = (name: string) =>
    root.attributes.find((one) => one.name === name && one.namespace === '')?.value.trim()
  const box = attribute('viewBox')
  if (box !== undefined) {
    const numbers = box.split(/[\s,]+/).map(Number)
    if (numbers.length !== 4 || !numbers.every(Number.isFinite) || !(numbers[2]! > 0) || !(numbers[3]! > 0))
      throw new LogoFault('drawing_size')
    return numbers.join(' ')
  }
  const [width, height] = ['width', 'height'].map(
    (name) => /^([\d.]+)(px)?$/.exec(attribute(name) ?? '')?.[1],
  )
  if (!Number(width) || !Number(height)) throw new LogoFault('drawing_size')
  return `0 0 ${Number(width)} ${Number(height)}`
}

function write(element: XmlElement, viewBox?: string): string {
  const { name, namespace } = element
  const local = name.toLowerCase()
  if ([...RUNS].some((one) => one.toLowerCase() === local)) throw new LogoFault('drawing_scripts')
  if ([...REACHES_OUT].some((one) => one.toLowerCase() === local)) throw new LogoFault('drawing_reaches_out')
  if (local === 'style') throw new LogoFault('drawing_sheet')
  for (const attribute of element.attributes) assertHarmless(attribute.name, attribute.value)
  if (namespace !== SVG || !ELEMENTS.has(name)) {
    if (namespace === SVG && !DROPPED.has(name)) throw new LogoFault('drawing_unreadable')
    // What is dropped is looked into all the same: it must hold nothing that runs.
    element.children.forEach((child) => write(child))
    return ''
  }
  const attributes = Object.entries(attributesOf(element, viewBox !== undefined))
  const root = viewBox === undefined ? '' : ` xmlns="${SVG}" viewBox="${viewBox}"`
  const text = ['title', 'desc'].includes(name) ? '' : element.children.map((child) => write(child)).join('')
  if (text === '' && ['title', 'desc'].includes(name)) return ''
  return `<${name}${root}${attributes.map(([key, value]) => ` ${key}="${value}"`).join('')}>${text}</${name}>`
}

function assertHarmless(name: string, value: string): void {
  if (/^on/i.test(name) || /(java|vb)script:/i.test(value.replaceAll(/\s/g, '')))
    throw new LogoFault('drawing_scripts')
  if (/^(href|src)$/i.test(name) && !/^#[\w.-]+$/.test(value.trim()))
    throw new LogoFault('drawing_reaches_out')
  const addresses = value.match(/url\s*\([^)]*\)?/gi) ?? []
  if (!addresses.every((address) => OWN_REFERENCE.test(address.replaceAll(/["'\s]/g, ''))))
    throw new LogoFault('drawing_reaches_out')
}

/** The attributes that are on the lists, those of `style` among them; a gradient may name another one. */
function attributesOf(element: XmlElement, isRoot: boolean): Record<string, string> {
  const kept: Record<string, string> = {}
  const keep = (name: string, value: string) => {
    const plain = value.trim().replaceAll(/["']/g, '')
    if (PLAIN_VALUE.test(plain)) kept[name] = plain
  }
  for (const { name, namespace, value } of element.attributes) {
    const isGradient = element.name.endsWith('Gradient')
    if (name === 'href' && isGradient && ['', 'http://www.w3.org/1999/xlink'].includes(namespace))
      kept.href = value.trim()
    if (namespace !== '') continue
    if (name === 'style') {
      for (const declaration of value.split(';')) {
        const [property = '', ...rest] = declaration.split(':')
        if (PAINT.has(property.trim())) keep(property.trim(), rest.join(':'))
      }
    } else if (PAINT.has(name) || (GEOMETRY.has(name) && !(isRoot && ROOT_OWN.has(name)))) keep(name, value)
  }
  return kept
}

/** Written from what was read, or left to the page. */
const ROOT_OWN = new Set(['viewBox', 'width', 'height', 'x', 'y'])
