import { createHash } from 'node:crypto'

/** A strong entity tag over what an answer is made from (RFC 9110 §8.8.3): equal content, equal tag. */
export function entityTag(content: string): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`
}

/** Whether an If-None-Match header names the tag: weak comparison, as RFC 9110 §13.1.2 asks for. */
export function namesTag(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''))
  return tags.includes(tag) || tags.includes('*')
}
