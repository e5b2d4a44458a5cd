import type { Tenant } from '#core/tenant.ts'

/** Somebody of an entity, as the simulated world's first page shows them to who plays all the parts. */
export interface IntroducedPerson {
  role: 'guardian' | 'staff'
  username: string
  password: string
  name: string
  firstName?: string
  lastName?: string
  /** With it the simulated identity providers know the person. */
  fiscalCode?: string
  /** Of staff with a second factor: what the simulated telephone shows codes for, in base32. */
  totpSecret?: string
}

/**
 * Registers an entity with the simulated outside world, as a creditor is registered with pagoPA before it can be
 * paid. The same introduction twice changes nothing.
 * @throws Error when the sandbox refuses it or does not answer
 */
export async function introduceToSandbox(
  sandboxUrl: string,
  tenant: Tenant,
  more: { people: readonly IntroducedPerson[]; paymentCodes: readonly { child: string; text: string }[] },
): Promise<void> {
  const { creditor } = tenant
  const address = new URL(`/api/creditors/${tenant.creditorFiscalCode}/${tenant.segregationCode}`, sandboxUrl)
  const response = await fetch(address, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: tenant.name,
      companyName: creditor.name,
      brokerFiscalCode: creditor.brokerFiscalCode,
      stationId: creditor.stationId,
      ibans: [creditor.iban, ...(creditor.postalIban ? [creditor.postalIban] : [])],
      slug: tenant.slug,
      activationCode: tenant.activationCode,
      services:
        tenant.serviceId && tenant.serviceSubjectId
          ? [
              {
                idServizio: tenant.serviceId,
                idSoggettoServizio: tenant.serviceSubjectId,
                description: 'Ricarica mensa scolastica',
              },
            ]
          : [],
      people: more.people,
      paymentCodes: more.paymentCodes,
    }),
    signal: AbortSignal.timeout(5_000),
  })
  if (!response.ok)
    throw new Error(`the sandbox refused ${tenant.slug}: ${response.status} ${await response.text()}`)
}
