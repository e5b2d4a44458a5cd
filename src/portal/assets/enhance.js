// The only script of the portal. Every page works without it; it saves a tap here and there.

const all = (selector, within = document) => within.querySelectorAll(selector)
const find = (selector, within = document) => within.querySelector(selector)

for (const button of all('[data-copy]')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    const label = find('span', button)
    const before = label.textContent
    label.textContent = button.dataset.copied
    setTimeout(() => (label.textContent = before), 2000)
  })
}

for (const button of all('[data-print]')) button.addEventListener('click', () => print())

// A second click while the first is under way would be answered "form expired". Nothing is disabled: the button
// that was pressed must still be sent, and a page taken out of the browser's cache must work again.
for (const form of all('form[method=post]')) {
  let sent = false
  form.addEventListener('submit', (event) => (sent ? event.preventDefault() : (sent = true)))
  addEventListener('pageshow', () => (sent = false))
}

// On the way to an identity provider: the button is for who runs no script.
find('[data-auto-submit]')?.requestSubmit()

const { refresh } = document.body.dataset
if (refresh) setTimeout(() => location.reload(), refresh * 1000)

// One menu open at a time, closed by Escape or by a click elsewhere.
const closeMenus = (except = null) => {
  for (const menu of all('.menu[open]')) if (!menu.contains(except)) menu.open = false
}
addEventListener('click', (event) => closeMenus(event.target))
addEventListener('keydown', (event) => event.key === 'Escape' && closeMenus())

const topUp = find('[data-top-up]')
if (topUp) {
  const { lang } = document.documentElement
  const format = new Intl.NumberFormat(lang === 'en' ? 'en-IE' : lang, {
    style: 'currency',
    currency: 'EUR',
    useGrouping: 'always',
  })
  // The summary is a courtesy: the server reads the amount by its own, stricter rules.
  const cents = (typed) => {
    const text = typed
      .trim()
      .replace(/\.(?=\d{3}(\D|$))/g, '')
      .replace(',', '.')
    return /^\d+(\.\d{0,2})?$/.test(text) ? Math.round(text * 100) : NaN
  }
  const show = (name, value) => {
    const place = find(`[data-summary=${name}]`, topUp)
    if (place) place.textContent = isNaN(value) ? '–' : format.format(value / 100).replace('-', '−')
  }
  const update = () => {
    const data = new FormData(topUp)
    let amount = 0
    if (data.get('mode') === 'multi') {
      for (const input of all('[inputmode=decimal]', topUp)) amount += cents(input.value || '0')
    } else {
      const chosen = data.get('amount')
      amount = chosen === 'other' ? cents(data.get('otherAmount')) : chosen === null ? NaN : +chosen
    }
    const category = CSS.escape(data.get('category') ?? '')
    const credit = find(`[name=child]:checked + label [data-category="${category}"]`, topUp)
    show('amount', amount)
    show('after', credit ? amount + +credit.value : NaN)
  }
  topUp.addEventListener('input', (event) => {
    if (event.target.name === 'otherAmount') find('[value=other]', topUp).checked = true
    update()
  })
  addEventListener('pageshow', update)
}

// The preview of a colour: the server makes its sheet, the contrast with white is WCAG's sum.
const colours = find('[data-colours]')
if (colours) {
  const typed = find('[name=primaryColor]', colours)
  const picker = find('[data-colour-picker]', colours)
  const show = (text) => {
    const hex = /^#?([0-9a-f]{6})$/i.exec(text.trim())?.[1].toLowerCase()
    if (!hex) return
    picker.value = `#${hex}`
    find('[data-colour-sheet]', colours).href = `${colours.dataset.colours}${hex}.css`
    const light = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    const [r, g, b] = light.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    const ratio = 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)
    find('[data-colour-contrast]', colours).textContent = ratio.toLocaleString(
      document.documentElement.lang,
      {
        maximumFractionDigits: 1,
        minimumFractionDigits: 1,
      },
    )
  }
  typed.addEventListener('input', () => show(typed.value))
  picker.addEventListener('input', () => show((typed.value = picker.value)))
}
