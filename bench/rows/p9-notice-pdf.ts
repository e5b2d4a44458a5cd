import { readFileSync } from 'node:fs'
import { isValidElement, type ReactElement, type ReactNode } from 'react'
import PDFDocument from 'pdfkit'
import { loadFonts } from '#core/documents/fonts.ts'
import { noticePage } from '#core/documents/notice.ts'
import { printNotice } from '#core/documents/print.ts'
import { specimenNotice } from '#core/documents/specimen.ts'
import type { Row } from '../row.ts'
import { milliseconds } from '../support/alternate.ts'

/*
 * P9: CPU of our payment notice against pdfkit drawing the same content: the same texts in the same fonts at the
 * same places, the same QR path. pdfkit receives finished coordinates (walked out of our page once, outside the
 * measurement) and its fonts as buffers, as its documentation has it; ours pays for composing the page each time.
 * What ours wins back is that its fonts are parsed once a thread, where pdfkit parses those buffers each time:
 * handed fontkit's parsed objects, which it takes but does not document, pdfkit needs about 0.4 of our CPU.
 */

const RENDERS = 30
const SLICES = 5

export const noticePdf: Row = {
  id: 'P9',
  title: 'notice PDF, CPU time',
  anchor: 'pdfkit drawing the same content',
  goal: { atMost: 1.3 },
  async measure() {
    const { ours_ms, anchor_ms, ratio } = await measure()
    const { title: name, goal } = noticePdf
    return { metrics: [{ name, ratio, goal, ours: milliseconds(ours_ms), anchor: milliseconds(anchor_ms) }] }
  },
}

/** CPU milliseconds of one notice, ours and pdfkit's, medians of alternated slices in a warm process. */
export async function measure(): Promise<{ ours_ms: number; anchor_ms: number; ratio: number }> {
  await loadFonts()
  const fonts = loadFontFiles()
  const content = noticePage(specimenNotice)
  const ours = () => printNotice(specimenNotice)
  const anchor = () => drawWithPdfkit(content, fonts)
  for (const warmUp of [ours, anchor]) await slice(warmUp)
  const measured: { ours: number; anchor: number }[] = []
  for (let round = 0; round < SLICES; round++)
    measured.push({ ours: await slice(ours), anchor: await slice(anchor) })
  const ours_ms = median(measured.map(({ ours }) => ours))
  const anchor_ms = median(measured.map(({ anchor }) => anchor))
  return { ours_ms, anchor_ms, ratio: median(measured.map(({ ours, anchor }) => ours / anchor)) }
}

/** CPU milliseconds of one call, over a slice of calls; the event loop turns between them, as in the worker. */
async function slice(render: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let count = 0; count < RENDERS; count++) {
    await render()
    await new Promise((resolve) => setTimeout(resolve))
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / RENDERS
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function loadFontFiles(): ReadonlyMap<string, Buffer> {
  const folder = new URL('../../public/assets/fonts/ttf/', import.meta.url)
  const files = [400, 700].map(
    (weight) => [`Titillium Web ${weight}`, `titillium-web-${weight}.ttf`] as const,
  )
  const mono = [400, 700].map((weight) => [`Roboto Mono ${weight}`, `roboto-mono-${weight}.ttf`] as const)
  return new Map([...files, ...mono].map(([name, file]) => [name, readFileSync(new URL(file, folder))]))
}

function drawWithPdfkit(content: ReactElement, fonts: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pdf = new PDFDocument({ size: 'A4', margin: 0 })
    const chunks: Buffer[] = []
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
    for (const [name, file] of fonts) pdf.registerFont(name, file)
    draw(pdf, content)
    pdf.end()
  })
}

/** The properties our pages use, of whichever element. */
interface Properties {
  style?: {
    left?: number
    top?: number
    width?: number
    textAlign?: 'left' | 'right'
    fontFamily?: string
    fontWeight?: number
    fontSize?: number
    lineHeight?: number
    transform?: string
  }
  children?: ReactNode
  d?: string
  fill?: string
  stroke?: string
  strokeWidth?: number
  x?: number
  y?: number
  cx?: number
  cy?: number
  r?: number
  width?: number
  height?: number
}

function draw(pdf: PDFKit.PDFDocument, node: ReactNode): void {
  for (const child of Array.isArray(node) ? (node as ReactNode[]) : [node]) {
    if (!isValidElement<Properties>(child)) continue
    // react-pdf's primitives are strings at run time, its classes only types.
    const type = child.type as unknown as string
    if (type === 'TEXT') drawText(pdf, child.props)
    else if (type === 'PATH' || type === 'RECT' || type === 'CIRCLE') drawShape(pdf, type, child.props)
    else {
      pdf.save()
      const transform = child.props.style?.transform ?? ''
      const [, x, y] = /translate\(([\d.]+), ([\d.]+)\)/.exec(transform) ?? []
      if (x !== undefined) pdf.translate(Number(x), Number(y))
      const [, scale] = /scale\(([\d.]+)\)/.exec(transform) ?? []
      if (scale !== undefined) pdf.scale(Number(scale))
      draw(pdf, child.props.children)
      pdf.restore()
    }
  }
}

function drawShape(pdf: PDFKit.PDFDocument, type: string, shape: Properties): void {
  const { d = '', x = 0, y = 0, width = 0, height = 0, cx = 0, cy = 0, r = 0, fill, stroke } = shape
  if (type === 'PATH') pdf.path(d)
  else if (type === 'RECT') pdf.rect(x, y, width, height)
  else pdf.circle(cx, cy, r)
  if (stroke === undefined) pdf.fill(fill)
  else if (fill === 'none') pdf.lineWidth(shape.strokeWidth ?? 1).stroke(stroke)
  else pdf.lineWidth(shape.strokeWidth ?? 1).fillAndStroke(fill, stroke)
}

function drawText(pdf: PDFKit.PDFDocument, { style = {}, children }: Properties): void {
  const { left = 0, top = 0, width = 0, textAlign = 'left', fontSize = 8, lineHeight = 1.5 } = style
  const runs = Array.isArray(children) ? (children as ReactNode[]) : [children]
  let y = top
  let fresh = true
  runs.forEach((run, index) => {
    const inner = isValidElement<Properties>(run) ? run.props : { children: run }
    const { fontFamily, fontWeight } = { ...style, ...inner.style }
    pdf.font(`${fontFamily} ${fontWeight}`).fontSize(fontSize)
    if (runs.length > 1) {
      // Runs of different weight in one paragraph: pdfkit's `continued` text.
      const continued = index < runs.length - 1
      if (fresh) pdf.text(words(inner.children), left, y, { width, continued })
      else pdf.text(words(inner.children), { continued })
      fresh = false
      return
    }
    for (const line of words(inner.children).split('\n')) {
      const x = textAlign === 'right' ? left + width - pdf.widthOfString(line) : left
      pdf.text(line, x, y, { lineBreak: false })
      y += lineHeight * fontSize
    }
  })
}

/** The characters of a text element without nested ones. */
function words(children: ReactNode): string {
  return typeof children === 'string' ? children : ''
}
