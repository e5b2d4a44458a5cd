import { isId } from '#core/ids.ts'

/** Where a page of a list begins: after the thing of this time and id. */
export interface PageKey {
  at: Date
  id: string
}

/** The key as it stands in our links. */
export function writePageKey({ at, id }: PageKey): string {
  return `${at.getTime()}-${id}`
}

/** The key of a link; undefined, which is the first page, for anything that we did not write. */
export function readPageKey(text: string | undefined): PageKey | undefined {
  const [, time = '', id = ''] = /^(\d{1,15})-(.{36})$/.exec(text ?? '') ?? []
  return isId(id) ? { at: new Date(Number(time)), id } : undefined
}
