import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, the longest first: by path, as far as it tells them. */
const LONGEST = [
  'test/look',
  'test/browser/main-job',
  'test/process/crash',
  'test/import-crash',
  'test/browser/mishaps',
  'test/browser/pages',
  'test/channels/new-channel',
  'test/browser/office',
  'test/process/restart',
  'test/family-secrets',
  'test/wire/catalogue',
  'src/core/documents/notice-variants',
  'test/browser/identity',
  'test/wire/outage',
  'test/tenancy-matrix-office',
  'test/wire/every-shape',
  'test/wire/variants',
  'test/browser/',
  'test/process/production',
  'src/pagopa/official-notice',
  'test/guessing',
  'test/invited-person',
  'bench/bench',
]

/** Begins with what takes longest, so that no worker is still at a long file when the others have nothing left. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((part) => moduleId.includes(`/${part}`))
      return index === -1 ? LONGEST.length : index
    }
    // oxlint-disable-next-line unicorn/no-array-sort -- the runner's own order, by how long files took here before
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => place(one) - place(other))
  }
}
