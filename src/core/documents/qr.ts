// The named export `raw` of the module build is a symbology of that name; the encoder hangs on the default one.
import bwip from 'bwip-js/node'
import { invariant } from '../errors.ts'

/** A QR code as one vector path of unit modules; black where the path is, without the quiet zone. */
export interface QrPath {
  /** SVG path data; one module is one unit. */
  readonly d: string
  /** Modules along a side: 33 for version 4. */
  readonly modules: number
}

/**
 * The QR code of a payment notice: ISO 18004 version 4, error correction M, as the guide to the notice asks.
 * @param payload the pagoPA string, `PAGOPA|002|<notice number>|<fiscal code>|<cents>`
 * @throws Error when the payload does not fit version 4 (62 bytes)
 */
export function noticeQr(payload: string): QrPath {
  return encode({ bcid: 'qrcode', text: payload, version: '4', eclevel: 'M' })
}

/** A QR code for other payloads, in the smallest version that holds them, error correction M. */
export function qr(payload: string): QrPath {
  return encode({ bcid: 'qrcode', text: payload, eclevel: 'M' })
}

/**
 * A QR code for a web page: a complete `<svg role="img">` with its quiet zone of four modules.
 * @param options.label what a screen reader says in its place; never the payload alone
 */
export function qrSvg(payload: string, options: { label: string }): string {
  const { d, modules } = qr(payload)
  const side = modules + 8
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 ${side} ${side}" role="img" ` +
    `aria-label="${escapeAttribute(options.label)}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M-4-4h${side}v${side}h-${side}z"/><path fill="#000" d="${d}"/></svg>`
  )
}

function encode(options: { bcid: 'qrcode'; text: string; eclevel: 'M'; version?: string }): QrPath {
  const [symbol] = bwip.raw(options)
  invariant(symbol && 'pixs' in symbol, 'the QR encoder answered with a matrix')
  const { pixs, pixx: modules } = symbol
  let d = ''
  for (let y = 0; y < modules; y++) {
    for (let x = 0; x < modules; x++) {
      if (!pixs[y * modules + x]) continue
      let run = 1
      while (x + run < modules && pixs[y * modules + x + run]) run++
      d += `M${x} ${y}h${run}v1h-${run}z`
      x += run
    }
  }
  return { d, modules }
}

function escapeAttribute(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
