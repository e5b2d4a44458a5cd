import type { ImportColumn } from './kind.ts'

/** How the columns of a guardian are called: `Nome genitore 1`, `Guardian 1 first name`. */
function guardianColumns(slot: 1 | 2): ImportColumn[] {
  const whose = [
    'genitore',
    'tutore',
    'adulto',
    'adultodiriferimento',
    'genitorerichiedente',
    'guardian',
    'parent',
  ]
  const lone = slot === 1 ? ['padre'] : ['madre']
  const named = (...words: string[]) =>
    words.flatMap((word) => [
      ...whose.flatMap((one) => [`${word}${one}${slot}`, `${one}${slot}${word}`, `${word}${slot}${one}`]),
      ...(slot === 1 ? whose.flatMap((one) => [`${word}${one}`, `${one}${word}`]) : []),
      ...lone.flatMap((one) => [`${word}${one}`, `${one}${word}`]),
    ])
  return [
    {
      key: `g${slot}_last_name`,
      personal: true,
      names: [...named('cognome', 'lastname', 'surname'), 'cognome'],
      examples: slot === 1 ? ['Provetti', 'Fantasia'] : ['Provetti', ''],
    },
    {
      key: `g${slot}_first_name`,
      personal: true,
      names: [...named('nome', 'firstname', 'name'), 'nome'],
      examples: slot === 1 ? ['Elena', 'Marco'] : ['Giuseppe', ''],
    },
    {
      key: `g${slot}_fiscal_code`,
      personal: true,
      names: [...named('codicefiscale', 'cf', 'codfiscale', 'fiscalcode', 'taxcode'), 'codicefiscale', 'cf'],
      examples: slot === 1 ? ['PRVLNE85A41Z999O', 'FNTMRC82T10Z999T'] : ['PRVGPP83R05Z999R', ''],
    },
    {
      key: `g${slot}_email`,
      personal: true,
      names: [...named('email', 'mail', 'indirizzoemail', 'postaelettronica'), 'email', 'mail'],
      examples: slot === 1 ? ['elena@example.org', 'marco@example.org'] : ['', ''],
    },
  ]
}

const child = (...words: string[]) =>
  words.flatMap((word) => [
    ...[
      'alunno',
      'bambino',
      'figlio',
      'studente',
      'utente',
      'iscritto',
      'minore',
      'child',
      'pupil',
      'student',
    ].flatMap((one) => [`${word}${one}`, `${one}${word}`]),
    word,
  ])

/** The columns of children and their guardians. */
export const CHILDREN_COLUMNS: readonly ImportColumn[] = [
  {
    key: 'child_last_name',
    required: true,
    personal: true,
    names: child('cognome', 'lastname', 'surname'),
    examples: ['Provetti', 'Fantasia'],
  },
  {
    key: 'child_first_name',
    required: true,
    personal: true,
    names: child('nome', 'firstname', 'name'),
    examples: ['Sofia', 'Luca'],
  },
  {
    key: 'child_fiscal_code',
    personal: true,
    names: child('codicefiscale', 'cf', 'codfiscale', 'fiscalcode', 'taxcode'),
    examples: ['PRVSFO18E41Z999Q', 'FNTLCU19H12Z999C'],
  },
  {
    key: 'external_id',
    personal: true,
    names: [
      'codiceutente',
      'codicealunno',
      'idalunno',
      'idutente',
      'idesterno',
      'matricola',
      'codiceinterno',
      'externalid',
      'studentid',
      'childid',
      'id',
    ],
    examples: ['1024', '1025'],
  },
  {
    key: 'school',
    names: ['scuola', 'codicescuola', 'plesso', 'codiceplesso', 'istituto', 'sede', 'school', 'schoolcode'],
    examples: ['DANTE', 'RODARI'],
  },
  { key: 'class', names: ['classe', 'class', 'classname', 'anno'], examples: ['3ª B', '2ª A'] },
  { key: 'section', names: ['sezione', 'sez', 'section'], examples: ['', ''] },
  {
    key: 'service',
    names: ['servizio', 'codiceservizio', 'categoria', 'service', 'servicecode', 'category'],
    examples: ['REFEZIONE', 'REFEZIONE'],
  },
  {
    key: 'tariff',
    names: [
      'tariffa',
      'tariffapasto',
      'costopasto',
      'prezzo',
      'prezzopasto',
      'importopasto',
      'tariff',
      'price',
      'mealprice',
    ],
    examples: ['4,90', '3,20'],
  },
  {
    key: 'starts_on',
    names: [
      'datainizio',
      'inizio',
      'decorrenza',
      'dal',
      'inizioservizio',
      'datainizioservizio',
      'startdate',
      'start',
      'from',
    ],
    examples: ['14/09/2026', ''],
  },
  ...guardianColumns(1),
  ...guardianColumns(2),
]
