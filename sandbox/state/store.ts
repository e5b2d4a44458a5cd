import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What every kept record has: an id that is safe as a file name, and when it came. */
export interface StoredRecord {
  readonly id: string
  readonly createdAt: string
}

/** Records of one kind, in order of arrival. A record is replaced, never changed in place. */
export interface Collection<T extends StoredRecord> {
  get(id: string): T | undefined
  all(): T[]
  put(record: T): T
  delete(id: string): void
}

export interface CollectionLimits<T> {
  /** How many records are kept; beyond, the oldest go. */
  readonly most: number
  /** Records that must not go, however old. */
  readonly holds?: (record: T) => boolean
}

const SAFE_ID = /^[A-Za-z0-9_-]{1,80}$/

/** Where the sandbox keeps its state: in memory, and with a folder also as one JSON file a record. */
export class Store {
  readonly #folder: string | undefined
  constructor(folder?: string) {
    this.#folder = folder
  }

  /** Opens a collection with all that earlier runs left in it. */
  collection<T extends StoredRecord>(name: string, limits: CollectionLimits<T>): Collection<T> {
    const folder = this.#folder === undefined ? undefined : join(this.#folder, name)
    const records = new Map<string, T>()
    if (folder !== undefined) for (const record of load<T>(folder)) records.set(record.id, record)
    const remove = (id: string) => {
      if (records.delete(id) && folder !== undefined) rmSync(join(folder, `${id}.json`), { force: true })
    }
    const prune = () => {
      for (const record of records.values()) {
        if (records.size <= limits.most) return
        if (!limits.holds?.(record)) remove(record.id)
      }
    }
    return {
      get: (id) => records.get(id),
      all: () => [...records.values()],
      put(record) {
        if (!SAFE_ID.test(record.id)) throw new Error(`"${record.id}" cannot name a record`)
        records.set(record.id, record)
        if (folder !== undefined) writeAtomically(join(folder, `${record.id}.json`), record)
        prune()
        return record
      },
      delete: remove,
    }
  }
}

function load<T extends StoredRecord>(folder: string): T[] {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T)
    .toSorted((left, right) => left.createdAt.localeCompare(right.createdAt))
}

/** A reader, or the next start after a crash, sees the old record or the new one, never half of one. */
function writeAtomically(path: string, record: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(record))
  renameSync(`${path}.new`, path)
}
