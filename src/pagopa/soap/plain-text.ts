// What XML 1.0 cannot carry at all: control characters, lone surrogates, non-characters; and every kind of
// white space, which a one-line text turns into single spaces.
// oxlint-disable-next-line no-control-regex -- these are the characters to remove
const UNWANTED = /(?:[\s\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate})+/gu

/**
 * Makes a one-line text that every channel of pagoPA can carry: controls and runs of white space become one
 * space, and at most `lengthMax` code points remain (never half a character).
 * @returns possibly the empty text
 */
export function plainText(value: string, lengthMax: number): string {
  const line = value.replaceAll(UNWANTED, ' ').trim()
  if (line.length <= lengthMax) return line
  return Array.from(line).slice(0, lengthMax).join('').trimEnd()
}
