// The named export `raw` of the module build is a symbology of that name; the encoder hangs on the default one.
import bwip from 'bwip-js/node'
import { type CodePath, codePath } from './code-path.ts'

/**
 * The QR code of a payment notice: ISO 18004 version 4, error correction M, as the guide to the notice asks:
 * 33 modules a side.
 * @param payload the pagoPA string, `PAGOPA|002|<notice number>|<fiscal code>|<cents>`
 * @throws Error when the payload does not fit version 4 (62 bytes)
 */
export function noticeQr(payload: string): CodePath {
  return encode({ bcid: 'qrcode', text: payload, version: '4', eclevel: 'M' })
}

/** A QR code for other payloads, in the smallest version that holds them, error correction M. */
export function qr(payload: string): CodePath {
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

function encode(options: { bcid: 'qrcode'; text: string; eclevel: 'M'; version?: string }): CodePath {
  return codePath(bwip.raw(options)[0])
}

function escapeAttribute(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
