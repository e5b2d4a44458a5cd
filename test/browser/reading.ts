import { createRequire } from 'node:module'
import type { Locator } from 'playwright-core'
import { readFile } from 'node:fs/promises'

/** Where the reader of QR codes lies, as a script that a page can load. */
const READER = createRequire(import.meta.url).resolve('jsqr')

/** An amount of money as pages write it, `1.037,50 €` or `−3,20 €`, in cents. */
export function centsOf(text: string): number {
  const match = /(−|-)?\s*([\d.]+),(\d{2})\s*€/.exec(text)
  if (!match) throw new Error(`"${text}" says no amount`)
  const [, minus, euros, cents] = match
  return (minus ? -1 : 1) * (Number(euros!.replaceAll('.', '')) * 100 + Number(cents))
}

/** What a telephone reads from the QR code on the screen: from a picture of it, not from the page's source. */
export async function scan(code: Locator): Promise<string | undefined> {
  await code.scrollIntoViewIfNeeded()
  const picture = await code.screenshot()
  const camera = await code.page().context().newPage()
  try {
    await camera.addScriptTag({ path: READER })
    return await camera.evaluate(async (source) => {
      const image = new Image()
      image.src = `data:image/png;base64,${source}`
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const surface = canvas.getContext('2d')!
      surface.drawImage(image, 0, 0)
      const { data, width, height } = surface.getImageData(0, 0, image.width, image.height)
      const { jsQR } = globalThis as unknown as {
        jsQR: (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null
      }
      return jsQR(data, width, height)?.data
    }, picture.toString('base64'))
  } finally {
    await camera.close()
  }
}

/** The bytes that a click on a link brings. */
export async function download(link: Locator): Promise<{ name: string; bytes: Buffer }> {
  const page = link.page()
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}
