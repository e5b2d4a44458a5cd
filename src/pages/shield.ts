import { themeColours } from '#core/theme.ts'

/** A plain shield with the entity's initials, until the entity uploads its own coat of arms. Never a real one. */
export function shield({ primaryColor, initials }: { primaryColor: string; initials: string }): string {
  const { primary, primaryDark } = themeColours({ primary: primaryColor })
  const text = initials.replace(/[^\p{L}\p{N}]/gu, '').slice(0, 3)
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 48" role="img">' +
    '<path d="M2 2h36v24c0 10-8 16-18 20C10 42 2 36 2 26z" fill="#fff"/>' +
    `<path d="M5 5h30v21c0 8-6.500 13-15 16.500C11.500 39 5 34 5 26z" fill="${primary}"/>` +
    `<path d="M5 26h30c0 8-6.500 13-15 16.500C11.500 39 5 34 5 26z" fill="${primaryDark}"/>` +
    `<text x="20" y="22" text-anchor="middle" font-family="Titillium Web,sans-serif" font-weight="700" font-size="${text.length > 2 ? 11 : 14}" fill="#fff">${text}</text>` +
    '</svg>'
  )
}
