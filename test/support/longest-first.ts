import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, the longest first: by path, as far as it tells them. */
const LONGEST = [
  'test/browser/main-job',
  'test/process/crash',
  'test/look',
  'test/browser/pages',
  'src/core/documents/notice-variants',
  'test/browser/mishaps',
  'test/browser/office',
  'test/browser/identity',
  'test/process/restart',
  'src/pagopa/official-notice',
  'test/process/production',
  'test/wire/catalogue',
  'test/channels/new-channel',
  'test/wire/outage',
  'bench/bench',
  'test/browser/',
  'test/wire/every-shape',
  'test/guessing',
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
