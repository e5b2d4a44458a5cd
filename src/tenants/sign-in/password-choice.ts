import { readFileSync } from 'node:fs'
import { DomainError } from '#core/errors.ts'
import { PASSWORD_LENGTH } from './passwords.ts'

const list = readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8')
const COMMON = new Set(list.split('\n').filter((line) => line !== '' && !line.startsWith('#')))

/** Names by which a guesser would begin. */
export interface Context {
  readonly username: string
  readonly entityName: string
}

/**
 * Refuses a new password that a guesser tries first: of the short list, the user name or the entity's name, each also with
 * digits or signs around it. No other rule: length is what counts (NIST SP 800-63B §3.1.1.2).
 * @throws DomainError password.too_short, password.too_common
 */
export function assertGoodPassword(password: string, { username, entityName }: Context): void {
  const { minimum, maximum } = PASSWORD_LENGTH
  if (password.length < minimum || password.length > maximum)
    throw new DomainError('password.too_short', { count: minimum, maximum })
  const whole = bare(password)
  const core = whole.replace(/^\d+|\d+$/g, '')
  const names = [username, username.split('@')[0]!, entityName].map(bare).filter((name) => name.length >= 3)
  const isOf = (text: string) => COMMON.has(text) || names.includes(text)
  if (isOf(whole) || isOf(core) || new Set(whole).size <= 2) throw new DomainError('password.too_common')
}

/** Letters and digits in lower case, without accents. */
function bare(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
