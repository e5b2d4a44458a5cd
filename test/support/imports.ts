import type { ImportState } from '#core/db/import-tables.ts'
import type { Services } from '#core/services.ts'
import type { Tenant } from '#core/tenant.ts'
import { chooseColumns, confirmImport } from '#tenants/imports/decide.ts'
import type { ImportKind, ImportOptions } from '#tenants/imports/kind.ts'
import { findImport, type ImportDossier } from '#tenants/imports/read.ts'
import { openingBalancesImport } from '#tenants/imports/opening-balances.ts'
import { uploadImport } from '#tenants/imports/upload.ts'
import type { TestHouse } from './house.ts'
import { until } from './process.ts'

/** Hands files of one kind in, as the office's pages do. */
export function importer(services: Services, kind: ImportKind, tenant: Tenant, accountId: string) {
  const at = (state: readonly ImportState[], importId: string, limitMs?: number) =>
    until(async () => {
      const found = await findImport(services, tenant.id, importId)
      return state.includes(found.state) && found
    }, limitMs)
  return {
    at,
    /** Uploads a file, takes its columns as proposed and waits for the dry run. */
    async check(
      bytes: Uint8Array,
      options: ImportOptions = {},
      control: { rows: number; cents: bigint } | null = null,
      limitMs?: number,
    ): Promise<ImportDossier> {
      const file = { name: 'prova.csv', bytes, accountId, control }
      const id = await uploadImport(services, kind, tenant.id, file)
      const { columns } = await findImport(services, tenant.id, id)
      await chooseColumns(services, kind, { tenantId: tenant.id, importId: id }, columns!.mapping, options)
      return at(['checked', 'wrong', 'failed'], id, limitMs)
    },
    /** Confirms a dry run and waits for what comes of it. */
    async run({ id }: Pick<ImportDossier, 'id'>, limitMs?: number): Promise<ImportDossier> {
      await confirmImport(services, kind, { tenantId: tenant.id, accountId, importId: id })
      return at(['done', 'checked', 'wrong', 'failed', 'approval'], id, limitMs)
    },
  }
}

/** A file of opening balances of which nobody has chosen the columns yet. */
export function handedInBalances({ house }: TestHouse, tenant: Tenant, accountId: string): Promise<string> {
  return uploadImport(house.services, openingBalancesImport, tenant.id, {
    name: 'saldi.csv',
    bytes: Buffer.from('Codice fiscale;Saldo\nPRVSFO18E41Z999Q;1,00'),
    accountId,
    control: { rows: 1, cents: 100n },
  })
}
