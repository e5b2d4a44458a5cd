/** As much of JSON Schema as an OpenAPI document of ours uses. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
  items?: Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  maxLength?: number
  pattern?: string
  format?: string
}

export interface ApiOperation {
  operationId: string
  summary: string
  security: object[]
  responses: Record<
    string,
    { description: string; headers?: object; content?: Record<string, { schema: Schema }> }
  >
}

export interface OpenApi {
  openapi: string
  info: Record<string, unknown>
  servers: { url: string; description: string }[]
  paths: Record<string, Record<string, ApiOperation>>
  components: { schemas: Record<string, Schema>; headers: object; securitySchemes: object }
}

/** The documented operation of a request; undefined when the document knows none. */
export function operationOf(document: OpenApi, method: string, path: string): ApiOperation | undefined {
  const entries = Object.entries(document.paths).toSorted(
    ([a], [b]) => a.split('{').length - b.split('{').length,
  )
  const found = entries.find(([template, item]) => {
    const pattern = template.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', String.raw`\.`)
    return method.toLowerCase() in item && new RegExp(`^${pattern}$`).test(path)
  })
  return found?.[1][method.toLowerCase()]
}

/** What of a value does not fit its schema, as paths with reasons; empty when it fits. */
export function misfits(document: OpenApi, schema: Schema, value: unknown, path = '$'): string[] {
  if (schema.$ref) {
    const target = document.components.schemas[schema.$ref.slice('#/components/schemas/'.length)]
    return target ? misfits(document, target, value, path) : [`${path}: ${schema.$ref} leads nowhere`]
  }
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) {
    const tries = choices.map((one) => misfits(document, one, value, path))
    return tries.some((problems) => problems.length === 0) ? [] : [`${path} fits no choice`, ...tries.flat()]
  }
  const types = [schema.type ?? []].flat()
  if (!types.includes(typeOf(value))) return [`${path} is ${typeOf(value)}, not ${types.join(' or ')}`]
  if (schema.enum && !schema.enum.includes(value))
    return [`${path} is ${String(value)}, no value of its enum`]
  if (typeof value === 'string') return misfitsOfText(schema, value, path)
  if (typeof value === 'number') return misfitsOfNumber(schema, value, path)
  if (Array.isArray(value)) {
    const tooMany = value.length > schema.maxItems! || value.length < schema.minItems!
    return [
      ...(tooMany ? [`${path} has ${value.length} items`] : []),
      ...value.flatMap((item, index) => misfits(document, schema.items!, item, `${path}[${index}]`)),
    ]
  }
  if (typeof value === 'object' && value !== null) return misfitsOfObject(document, schema, value, path)
  return []
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function misfitsOfText({ pattern, maxLength, format }: Schema, value: string, path: string): string[] {
  const formats: Record<string, RegExp> = {
    uuid: /^[0-9a-f-]{36}$/,
    date: /^\d{4}-\d{2}-\d{2}$/,
    'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
  }
  const fits =
    (pattern === undefined || new RegExp(pattern, 'u').test(value)) &&
    (maxLength === undefined || value.length <= maxLength) &&
    (formats[format ?? '']?.test(value) ?? true)
  return fits ? [] : [`${path} is "${value}"`]
}

function misfitsOfNumber({ minimum, maximum }: Schema, value: number, path: string): string[] {
  return value < minimum! || value > maximum! ? [`${path} is ${value}`] : []
}

function misfitsOfObject(document: OpenApi, schema: Schema, value: object, path: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema
  const missing = required.filter((name) => !(name in value)).map((name) => `${path}.${name} is missing`)
  return [
    ...missing,
    ...Object.entries(value).flatMap(([name, inner]) => {
      const known = properties[name]
      if (known) return misfits(document, known, inner, `${path}.${name}`)
      return additionalProperties === false ? [`${path}.${name} is not documented`] : []
    }),
  ]
}
