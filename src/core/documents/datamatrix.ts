import bwip from 'bwip-js/node'
import { type CodePath, codePath } from './code-path.ts'

/**
 * A DataMatrix code (ISO 16022, ECC 200) in the smallest square that holds the text.
 * @param text ASCII only: readers take bytes above 127 for Latin-1
 */
export function dataMatrix(text: string): CodePath {
  return codePath(bwip.raw({ bcid: 'datamatrix', text })[0])
}
