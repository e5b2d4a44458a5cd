import { hash, verify } from '@node-rs/argon2'

/** argon2id at OWASP's first choice of parameters: 19 MiB, 2 rounds, 1 lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Longer ones are refused before any work is done. */
export const PASSWORD_LENGTH = { minimum: 10, maximum: 200 } as const

/** @returns the argon2id hash in its text form, with its parameters and salt */
export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), PARAMETERS)
}

/** True for a hash of another kind, or made with less memory or fewer rounds than new ones are. */
export function isWeakerThanOurs(stored: string): boolean {
  const [, memory = '0', rounds = '0'] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(stored) ?? []
  return Number(memory) < PARAMETERS.memoryCost || Number(rounds) < PARAMETERS.timeCost
}

const nobody = hashPassword('nobody has this password')

/** True when the password is the hash's. Without a hash the same work is done, so that time tells nothing. */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  if (password.length > PASSWORD_LENGTH.maximum) return false
  const right = await verify(stored ?? (await nobody), password.normalize('NFKC'))
  return stored !== undefined && right
}
