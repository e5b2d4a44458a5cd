/** The ways of paying that the simulated PSPs offer. */
export const METHODS = {
  card: { label: 'Carta di credito o debito', wire: 'creditCard', channel: 'Pagamento con carta' },
  account: { label: 'Addebito sul conto corrente', wire: 'other', channel: 'Pagamento da conto' },
  other: { label: 'Altri metodi', wire: 'other', channel: 'Pagamento da app' },
  cash: { label: 'Contanti', wire: 'cash', channel: 'Sportello fisico' },
} as const

export type Method = keyof typeof METHODS

/** An invented payment service provider. Fees are cents by method; without a fee it does not offer the method. */
export interface Psp {
  readonly id: string
  readonly name: string
  readonly fiscalCode: string
  readonly feeCents: Readonly<Partial<Record<Method, number>>>
}

/** No bank or institute of these names exists; the fiscal codes are evidently made up. */
export const PSPS: readonly Psp[] = [
  {
    id: 'SIMBANCA1',
    name: 'Banca Fittizia del Ponte',
    fiscalCode: '00000000101',
    feeCents: { card: 150, account: 80, other: 120, cash: 180 },
  },
  {
    id: 'SIMBANCA2',
    name: 'Cassa Immaginaria',
    fiscalCode: '00000000102',
    feeCents: { card: 130, account: 50, other: 100, cash: 150 },
  },
  {
    id: 'SIMBANCA3',
    name: 'Credito Inventato Lombardo',
    fiscalCode: '00000000103',
    feeCents: { card: 165, account: 100, other: 140, cash: 200 },
  },
  {
    id: 'SIMPAGA04',
    name: 'Pagafinta Istituto di Pagamento',
    fiscalCode: '00000000104',
    feeCents: { card: 95, account: 70, other: 75, cash: 160 },
  },
  { id: 'SIMPAGA05', name: 'Esempio Pay', fiscalCode: '00000000105', feeCents: { card: 110, other: 90 } },
  { id: 'SIMTABAC6', name: 'Rete Tabaccai Simulata', fiscalCode: '00000000106', feeCents: { cash: 200 } },
]

/** The PSP behind the terminals of the tobacconists. */
export const TOBACCONISTS = PSPS.find((psp) => psp.id === 'SIMTABAC6')!

/** Who offers a method, cheapest first. */
export function offering(method: Method): { psp: Psp; feeCents: number }[] {
  return PSPS.flatMap((psp) => {
    const feeCents = psp.feeCents[method]
    return feeCents === undefined ? [] : [{ psp, feeCents }]
  }).toSorted((left, right) => left.feeCents - right.feeCents)
}

/** The offer of one PSP for a method; undefined when there is none. */
export function offerOf(pspId: string, method: Method): { psp: Psp; feeCents: number } | undefined {
  return offering(method).find(({ psp }) => psp.id === pspId)
}
