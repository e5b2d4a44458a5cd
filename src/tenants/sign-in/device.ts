import type { Translate } from '#core/i18n.ts'
import type { Face } from './limits.ts'

/** First that fits: many browsers also say that they are others. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]
const BETWEEN = ' · '

/**
 * What a session remembers of a browser's user agent: its name and the system's, `Chrome · Android`. The agent itself
 * tells more than its owner needs to know a device again, and is not kept.
 * @returns null where neither is known
 */
export function browserLabel(userAgent: string | undefined): string | null {
  const known = [BROWSERS, SYSTEMS].map((list) => list.find(([sign]) => sign.test(userAgent ?? ''))?.[1])
  return known.filter((name) => name !== undefined).join(BETWEEN) || null
}

/** A session's device for its owner: `Chrome su Android`, `App «telefono di Elena»`. */
export function deviceText(t: Translate, { face, device }: { face: Face; device: string | null }): string {
  if (face === 'app')
    return device ? t('session.device.app', { name: device }) : t('session.device.app_unnamed')
  const [browser = '', system] = (device ?? '').split(BETWEEN)
  if (browser === '') return t('session.device.unknown')
  return system ? t('session.device.browser', { browser, system }) : browser
}
