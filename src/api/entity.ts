import { DomainError } from '#core/errors.ts'
import type { Tenant } from '#core/tenant.ts'
import type { ApiParts } from './context.ts'

/**
 * The entity of an activation code, once it shows itself to the public.
 * @throws DomainError activation_code.unknown
 */
export async function publishedTenant({ registry }: ApiParts, code: string): Promise<Tenant> {
  const tenant = /^\d{10}$/.test(code) ? await registry.byActivationCode(code) : undefined
  if (!tenant || tenant.state === 'draft' || tenant.state === 'closed')
    throw new DomainError('activation_code.unknown')
  return tenant
}
