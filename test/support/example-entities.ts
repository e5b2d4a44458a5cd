import type { Translate } from '#core/i18n.ts'
import type { PageView } from '#pages/view.ts'
import { STATE_GRAPH, TENANT_STATES } from '#tenants/states.ts'
import type { OperatorSection } from '../../src/operator/frame.ts'
import type { OperatorExample } from './example-operator.ts'
import { at } from './example-office.ts'

/** The pages of who runs the installation about entities and their work. */
export function exampleEntities(
  frame: (section: OperatorSection | null) => PageView,
  t: Translate,
): OperatorExample[] {
  const live = { text: t('operator.state.live'), tone: 'paid' } as const
  const draft = { text: t('operator.state.draft'), tone: 'open' } as const
  const parked = { text: t('entities.jobs.parked'), tone: 'open' } as const
  const error = 'UpstreamError: the mail server does not answer within 20 seconds'
  const line = {
    name: 'Comune di Cassano Magnago',
    slug: 'cassano',
    href: '/gestione/enti/cassano',
    state: live,
    activationCode: '1287764115',
    trouble: null,
    lastReceiptOn: '2026-11-23',
  } as const
  const list = {
    ...frame('entities'),
    values: { cerca: '', fermi: false },
    states: TENANT_STATES.map((value) => ({ value, label: t(`operator.state.${value}`), selected: false })),
    filtered: false,
    nextHref: '?dopo=1',
    firstHref: null,
  }
  const row = { id: 'job-1', job: 'receipt.email', state: parked, error, attempt: 6, isParked: true }
  const entity = { name: line.name, href: line.href }
  const dossier = {
    ...frame('entities'),
    href: line.href,
    name: line.name,
    slug: line.slug,
    state: live,
    isDraft: false,
    stateReason: null,
    stateSince: at,
    createdAt: at,
    activationCode: line.activationCode,
    creditor: {
      name: line.name,
      fiscalCode: '77777777777',
      segregationCode: '47',
      broker: '99999999990',
      station: '99999999990_01',
      iban: 'IT60X0542811101000000123456',
      ipaCode: 'c_b999',
      service: '00009 / 00047',
    },
    changes: [{ label: t('entities.change.live.suspended'), href: '/x', isEnd: false }],
    tiles: [
      { label: t('entities.usage.children'), value: '2148', note: '' },
      { label: t('entities.usage.top_ups'), value: '1903', note: t('entities.usage.paid', { count: 1877 }) },
      { label: t('entities.usage.last_receipt'), value: '23/11/2026', note: '' },
    ],
    hasAdministrator: true,
    invitations: [],
    values: { email: '' },
    errors: {},
    leave: { role: t('office.role.clerk'), until: at },
    failing: [{ ...row, entity: null }],
  }
  const empty = {
    name: '',
    slug: '',
    creditorFiscalCode: '',
    segregationCode: '',
    ipaCode: '',
    broker: '',
    station: '',
    iban: '',
    serviceId: '',
    serviceSubjectId: '',
    categoryLabel: 'Mensa scolastica',
    taxonomy: '9/0107101TS/',
    email: '',
  }
  const fresh = { ...frame('entities'), values: empty }
  const change = (from: keyof typeof STATE_GRAPH, to: string) => ({
    ...frame('entities'),
    parentHref: line.href,
    action: `${line.href}/stato`,
    name: line.name,
    to,
    title: t(`entities.change.${from}.${to}`),
    effects: [1, 2, 3].map((number) => t(`entities.effect.${to}.${number}`)),
    needsReason: to !== 'live' && to !== 'rehearsal',
    isEnd: to === 'closed',
    missing: [],
    values: { reason: '' },
    errors: {},
  })
  return [
    {
      name: 'operator-entities',
      page: 'operator/entities',
      view: {
        ...list,
        rows: [
          line,
          {
            ...line,
            name: 'Comunità scolastica Valdorata · Schulgemeinschaft Goldtal',
            slug: 'valdorata',
            state: draft,
            trouble: {
              badge: { text: t('entities.health.parked', { count: 3 }), tone: 'open' },
              lastError: error,
            },
            lastReceiptOn: null,
          },
        ],
      },
    },
    {
      name: 'operator-entities-none',
      page: 'operator/entities',
      view: { ...list, filtered: true, values: { cerca: 'Xyz', fermi: true }, rows: [], nextHref: null },
    },
    {
      name: 'operator-new-entity',
      page: 'operator/new-entity',
      view: { ...fresh, errors: {}, isMoreOpen: false },
    },
    {
      name: 'operator-new-entity-wrong',
      page: 'operator/new-entity',
      view: {
        ...fresh,
        values: { ...empty, name: 'Comune di Valdorata', creditorFiscalCode: '123', iban: 'IT1' },
        errors: {
          creditorFiscalCode: t('entities.new.error.creditorFiscalCode'),
          iban: t('entities.new.error.iban'),
          email: t('entities.new.error.email'),
        },
        isMoreOpen: true,
      },
    },
    { name: 'operator-entity', page: 'operator/entity', view: dossier },
    {
      name: 'operator-entity-draft',
      page: 'operator/entity',
      view: {
        ...dossier,
        state: draft,
        isDraft: true,
        stateReason: 'In attesa dei dati dell’ente',
        creditor: { ...dossier.creditor, iban: '', ipaCode: '', service: '' },
        changes: [
          { label: t('entities.change.draft.rehearsal'), href: '/x', isEnd: false },
          { label: t('entities.change.draft.closed'), href: '/x', isEnd: true },
        ],
        hasAdministrator: false,
        invitations: [
          {
            email: 'segreteria.scuola@comune.cassano-magnago.example.it',
            state: { text: t('personnel.waiting.sent'), tone: 'open' },
            sentAt: at,
            expiresAt: at,
            href: `${line.href}/inviti/1`,
          },
        ],
        errors: { email: t('fault.staff.already_invited.detail') },
        leave: null,
        failing: [],
      },
    },
    {
      name: 'operator-entity-state',
      page: 'operator/entity-state',
      view: { ...change('live', 'suspended'), errors: { reason: t('fault.tenant.reason_missing.detail') } },
    },
    {
      name: 'operator-entity-state-not-ready',
      page: 'operator/entity-state',
      view: {
        ...change('rehearsal', 'live'),
        missing: [t('missing.creditor.iban'), t('missing.links.privacy')],
      },
    },
    {
      name: 'operator-jobs',
      page: 'operator/jobs',
      view: {
        ...frame('jobs'),
        kinds: [{ job: 'receipt.email', count: 4, parked: 3, since: at }],
        rows: [
          { ...row, entity },
          {
            ...row,
            id: 'job-2',
            entity,
            isParked: false,
            state: { text: t('entities.jobs.retrying'), tone: 'plain' },
          },
        ],
        more: 2,
        runs: [
          {
            job: 'ledger.check',
            ranAt: at,
            state: { text: t('entities.runs.well'), tone: 'paid' },
            error: null,
          },
          { job: 'fdr.pull', ranAt: at, state: { text: t('entities.runs.failed'), tone: 'open' }, error },
        ],
      },
    },
    {
      name: 'operator-jobs-none',
      page: 'operator/jobs',
      view: { ...frame('jobs'), kinds: [], rows: [], more: 0, runs: [] },
    },
  ]
}
