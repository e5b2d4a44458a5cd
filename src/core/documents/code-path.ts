import { invariant } from '../errors.ts'

/** A two-dimensional code as one vector path of unit modules; black where the path is, without the quiet zone. */
export interface CodePath {
  /** SVG path data; one module is one unit. */
  readonly d: string
  /** Modules along a side of the square. */
  readonly modules: number
}

/** The matrix that bwip-js answers for codes of squares: its encoder hangs on the default export, as `raw`. */
interface Matrix {
  readonly pixs: ArrayLike<number>
  readonly pixx: number
  readonly pixy: number
}

/** Draws the matrix of an encoder as one path, a rectangle for each run of modules in a row. */
export function codePath(symbol: object | undefined): CodePath {
  invariant(symbol && 'pixs' in symbol, 'the encoder answered with a matrix')
  const { pixs, pixx: modules, pixy } = symbol as Matrix
  invariant(modules === pixy, 'the code is a square')
  let d = ''
  for (let y = 0; y < modules; y++) {
    for (let x = 0; x < modules; x++) {
      if (!pixs[y * modules + x]) continue
      let run = 1
      while (x + run < modules && pixs[y * modules + x + run]) run++
      d += `M${x} ${y}h${run}v1h-${run}z`
      x += run
    }
  }
  return { d, modules }
}
