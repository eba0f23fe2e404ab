/** The keywords of the service's schemas that decide what an answer looks like; descriptions and limits do not. */
interface AnswerSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly AnswerSchema[];
  readonly oneOf?: readonly AnswerSchema[];
  readonly items?: AnswerSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, AnswerSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: AnswerSchema | boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: AnswerSchema;
}

export interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, AnswerSchema>> };
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>>;
}

/** What the page reads; whatever these refer to is included. */
const answers = [
  'DetectionList',
  'DetectionPage',
  'FilmReferences',
  'LoggedFilm',
  'ModelSummary',
  'ReportView',
  'Session',
  'Site',
  'Statistics',
  'Token',
  'TokenList',
  'User',
  'UserList',
];

const typescript: Readonly<Record<string, string>> = { integer: 'number', null: 'null' };

/**
 * The page's view of the API as a TypeScript module: a type and a schema for every answer that it reads, and the query
 * of the list. Written from the OpenAPI document, so that page and server can't disagree.
 */
export function pageAnswers({ components, paths }: OpenApi): string {
  const names = [...reached(answers, components.schemas)].sort();
  const schemas = names.map((name) => [name, schemaNamed(name, components.schemas)] as const);
  return [
    '// Made by `npm run generate` from the schemas of src/http and src/report: change those.',
    "import type { AnswerSchema } from './answerSchema.js';",
    '',
    ...schemas.map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`),
    `export type ListQuery = ${typeOf(queryOf(paths['/v1/detections']?.get?.parameters ?? []))};`,
    `export type StatisticsQuery = ${typeOf(queryOf(paths['/v1/statistics']?.get?.parameters ?? []))};`,
    '',
    'export interface Answers {',
    ...names.map((name) => `  ${name}: ${name};`),
    '}',
    '',
    'export const answerSchemas: { readonly [Name in keyof Answers]: AnswerSchema } = {',
    ...schemas.map(([name, schema]) => `  ${name}: ${JSON.stringify(bare(schema))},`),
    '};',
    '',
  ].join('\n');
}

function schemaNamed(name: string, schemas: OpenApi['components']['schemas']): AnswerSchema {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`the API description has no schema “${name}”`);
  return schema;
}

/** The names, and all that their schemas refer to. */
function reached(names: readonly string[], schemas: OpenApi['components']['schemas'], seen = new Set<string>()) {
  for (const name of names) {
    if (seen.has(name)) continue;
    seen.add(name);
    reached(references(schemaNamed(name, schemas)), schemas, seen);
  }
  return seen;
}

function references(schema: AnswerSchema): readonly string[] {
  return [...(schema.$ref === undefined ? [] : [nameOf(schema.$ref)]), ...partsOf(schema).flatMap(references)];
}

function partsOf(schema: AnswerSchema): readonly AnswerSchema[] {
  const { anyOf = [], oneOf = [], items, properties = {} } = schema;
  return [...anyOf, ...oneOf, items, ...Object.values(properties), valuesOf(schema)].filter(
    (part) => part !== undefined,
  );
}

/** What every member of a record is, such as a score by class. */
function valuesOf({ additionalProperties }: AnswerSchema): AnswerSchema | undefined {
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

function queryOf(parameters: readonly Parameter[]): AnswerSchema {
  const asked = parameters.filter((parameter) => parameter.in === 'query');
  return { type: 'object', properties: Object.fromEntries(asked.map(({ name, schema }) => [name, schema])) };
}

function typeOf(schema: AnswerSchema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const variants = schema.oneOf ?? (schema.type === undefined ? schema.anyOf : undefined);
  if (variants !== undefined) return variants.map(typeOf).join(' | ');
  if (schema.type === 'array') return listType(schema);
  if (schema.type === 'object') return objectType(schema);
  return schema.type === undefined ? 'unknown' : (typescript[schema.type] ?? schema.type);
}

function listType({ items = {}, minItems, maxItems }: AnswerSchema): string {
  const item = typeOf(items);
  const isTuple = minItems === maxItems && minItems !== undefined && minItems <= 4;
  return isTuple ? `readonly [${Array(minItems).fill(item).join(', ')}]` : `readonly (${item})[]`;
}

function objectType(schema: AnswerSchema): string {
  const { properties, required = [] } = schema;
  const values = valuesOf(schema);
  if (values !== undefined) return `Readonly<Record<string, ${typeOf(values)}>>`;
  const members = Object.entries(properties ?? {}).map(([name, schema]) => {
    const type = typeOf(schema);
    return required.includes(name) ? `readonly ${name}: ${type}` : `readonly ${name}?: ${type} | undefined`;
  });
  return `{ ${members.join('; ')} }`;
}

/** The schema without what only people read or only the server checks. */
function bare(schema: AnswerSchema): object {
  const { type, enum: allowed, items, minItems, maxItems, properties, required } = schema;
  const variants = schema.oneOf ?? schema.anyOf;
  const values = valuesOf(schema);
  return {
    ...(schema.$ref !== undefined && { $ref: nameOf(schema.$ref) }),
    ...(type !== undefined && { type }),
    ...(schema.const !== undefined && { const: schema.const }),
    ...(allowed !== undefined && { enum: allowed }),
    ...(variants !== undefined && { anyOf: variants.map(bare) }),
    ...(items !== undefined && { items: bare(items) }),
    ...(minItems !== undefined && { minItems }),
    ...(maxItems !== undefined && { maxItems }),
    ...(properties !== undefined && { properties: mapped(properties) }),
    ...(required !== undefined && { required }),
    ...(values !== undefined && { values: bare(values) }),
  };
}

function mapped(schemas: Readonly<Record<string, AnswerSchema>>): object {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]));
}
