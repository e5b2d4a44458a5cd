import { romeDate } from '#core/clock.ts'
import { parseFiscalCode } from '#core/fiscal-code.ts'
import { translator } from '#core/i18n.ts'
import { isId } from '#core/ids.ts'
import type { PageContext } from '#pages/context.ts'
import { formFields } from '#pages/form.ts'
import { categoriesOf } from '#tenants/people/children.ts'
import {
  countChildren,
  listChildren,
  type ChildFilter,
  type ListedChild,
} from '#tenants/people/list-children.ts'
import { listClasses, listSchools } from '#tenants/schools/schools.ts'
import { officeRoute, type OfficeApp } from '../access.ts'
import { officeOf, type OfficeParts } from '../context.ts'
import { frame, page } from '../frame.ts'
import { address, choice } from '../query.ts'
import { chosenYear } from '../school-years.ts'
import type { ChildrenView, ChildRow } from '../views/schools.ts'
import { newChildRoutes } from './new-child.ts'

const WITHOUT = { classe: 'class', genitori: 'guardian', servizi: 'service' } as const

/** `{base}/alunni`: every child of the entity, by filters, or looked for by name or fiscal code. */
export function childrenRoutes(app: OfficeApp, parts: OfficeParts): void {
  officeRoute(app, 'GET /alunni', async (context) =>
    page(parts, context, 'office/children', await view(parts, context)),
  )

  // Names and codes come in a form, since addresses are kept in many places.
  officeRoute(app, 'POST /alunni', async (context, staff) => {
    const fields = await formFields(context)
    parts.forms.check(fields.form, staff.accountId)
    const search = (fields.search ?? '').trim().slice(0, 100)
    return page(parts, context, 'office/children', await view(parts, context, search))
  })

  newChildRoutes(app, parts)
}

async function view(parts: OfficeParts, context: PageContext, search?: string): Promise<ChildrenView> {
  const { db, clock, vault } = parts.services
  const { tenant, language } = context.var
  const t = translator(language)
  const path = `${officeOf(tenant)}/alunni`
  const today = romeDate(clock.now())
  const { schoolYear, years } = chosenYear(context, today)
  const [schools, classes, categories] = [
    await listSchools(db, tenant.id),
    await listClasses(db, tenant.id, schoolYear),
    await categoriesOf(db, tenant.id),
  ]
  const query = {
    scuola: choice(
      context,
      'scuola',
      schools.map(({ id }) => id),
    ),
    classe: choice(
      context,
      'classe',
      classes.map(({ id }) => id),
    ),
    servizio: choice(
      context,
      'servizio',
      categories.map(({ code }) => code),
    ),
    senza: choice(context, 'senza', Object.keys(WITHOUT) as (keyof typeof WITHOUT)[]),
  }
  const filter: ChildFilter = {
    schoolYear,
    schoolId: query.scuola,
    classId: query.classe,
    category: query.servizio,
    without: query.senza && WITHOUT[query.senza],
  }
  const asked = search === undefined ? filter : { schoolYear, ...(await searchFor(search)) }
  const after = context.req.query('dopo')
  const from = after !== undefined && isId(after) ? after : undefined
  const found =
    search === '' ? { children: [], next: undefined } : await listChildren(db, tenant.id, asked, today, from)
  const here = (dopo?: string) => address(path, { anno: schoolYear, ...query, dopo })
  const option = (value: string, label: string, selected: string | undefined) => ({
    value,
    label,
    selected: value === selected,
  })

  async function searchFor(text: string): Promise<Pick<ChildFilter, 'name' | 'fiscalCodeHash'>> {
    const code = parseFiscalCode(text)
    return code ? { fiscalCodeHash: (await vault.of(tenant.id)).lookUpHash(code) } : { name: text }
  }

  return {
    ...frame(parts, context, 'children'),
    years,
    schools: schools.map(({ id, name }) => option(id, name, query.scuola)),
    classes: classes
      .filter(({ schoolId }) => query.scuola === undefined || schoolId === query.scuola)
      .map(({ id, name, schoolId }) => {
        const school = schools.find((one) => one.id === schoolId)?.name ?? ''
        return option(id, query.scuola ? name : `${school}, ${name}`, query.classe)
      })
      .toSorted((a, b) => a.label.localeCompare(b.label, language)),
    services: categories.map(({ code, label }) => option(code, label, query.servizio)),
    without: Object.keys(WITHOUT).map((value) => option(value, t(`children.without.${value}`), query.senza)),
    filtered: Object.values(query).some((value) => value !== undefined),
    search: search ?? null,
    total: new Intl.NumberFormat(language).format(await countChildren(db, tenant.id)),
    rows: found.children.map((child) => rowOf(child, path)),
    // What was searched is not in the address, so a search has one page: who is not on it types more.
    nextHref: found.next && search === undefined ? here(found.next) : null,
    firstHref: from ? here() : null,
  }

  function rowOf(child: ListedChild, base: string): ChildRow {
    const { id, firstName, lastName, schoolName, className, services, guardians } = child
    const label = (code: string) => categories.find((one) => one.code === code)?.label ?? code
    return {
      href: `${base}/${id}`,
      editHref: address(`${base}/${id}/scheda`, { anno: schoolYear }),
      name: `${lastName} ${firstName}`,
      place: [schoolName, className].filter(Boolean).join(', '),
      services: services.map(label).join(', '),
      guardians,
    }
  }
}
