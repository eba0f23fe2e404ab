/** What an answer must look like: the few keywords that `npm run generate` keeps of the service's JSON schemas. */
export interface AnswerSchema {
  /** Name of another schema. */
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly AnswerSchema[];
  readonly items?: AnswerSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, AnswerSchema>>;
  readonly required?: readonly string[];
  /** Schema of every member of a record. */
  readonly values?: AnswerSchema;
}

/** `path` is the place in the answer, such as `items[3].state`; empty for the answer itself. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly path: string;
  constructor(path: string, expected: string) {
    super(`The server's answer can't be read: ${path === '' ? 'it' : path} is not ${expected}.`);
    this.path = path;
  }
}

/**
 * Throws if `value` doesn't match the schema. The page trusts its server, but their versions may differ: an answer of
 * another shape must be a named error, not `undefined` somewhere on a film. Members that the schema doesn't name are
 * ignored.
 *
 * @throws {AnswerError} naming the first place that differs.
 */
export function checkAnswer(
  value: unknown,
  schema: AnswerSchema,
  schemas: Readonly<Record<string, AnswerSchema>>,
  path = '',
): void {
  if (schema.$ref !== undefined) checkAnswer(value, schemas[schema.$ref] ?? {}, schemas, path);
  else if (schema.anyOf !== undefined) checkOneOf(value, schema.anyOf, schemas, path);
  else if (schema.const !== undefined) checkAmong(value, [schema.const], path);
  else if (schema.enum !== undefined) checkAmong(value, schema.enum, path);
  else if (schema.type === 'array') checkList(value, schema, schemas, path);
  else if (schema.type === 'object') checkObject(value, schema, schemas, path);
  else if (schema.type !== undefined) checkScalar(value, schema.type, path);
}

const scalars: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  string: [(value) => typeof value === 'string', 'text'],
  number: [Number.isFinite, 'a number'],
  integer: [Number.isInteger, 'a whole number'],
  boolean: [(value) => typeof value === 'boolean', 'true or false'],
  null: [(value) => value === null, 'null'],
};

function checkScalar(value: unknown, type: string, path: string): void {
  const [is, expected] = scalars[type] ?? [() => false, type];
  if (!is(value)) throw new AnswerError(path, expected);
}

function checkAmong(value: unknown, allowed: readonly unknown[], path: string): void {
  if (!allowed.includes(value)) throw new AnswerError(path, `one of ${allowed.join(', ')}`);
}

type Check = readonly [schemas: Readonly<Record<string, AnswerSchema>>, path: string];

/**
 * Reports are told apart by their state: if no variant matches, the error is that of the variant with the right state.
 */
function checkOneOf(value: unknown, variants: readonly AnswerSchema[], ...[schemas, path]: Check): void {
  const faults = variants.map((variant) => differenceFrom(value, variant, schemas, path));
  if (faults.includes(undefined)) return;
  const state = path === '' ? 'state' : `${path}.state`;
  throw faults.find((fault) => fault?.path !== state) ?? faults[0] ?? new AnswerError(path, 'as expected');
}

function differenceFrom(value: unknown, schema: AnswerSchema, ...[schemas, path]: Check): AnswerError | undefined {
  try {
    checkAnswer(value, schema, schemas, path);
    return undefined;
  } catch (error) {
    if (error instanceof AnswerError) return error;
    throw error;
  }
}

function checkList(
  value: unknown,
  { items = {}, minItems = 0, maxItems = Infinity }: AnswerSchema,
  ...rest: Check
): void {
  const [schemas, path] = rest;
  if (!Array.isArray(value)) throw new AnswerError(path, 'a list');
  if (value.length < minItems || value.length > maxItems)
    throw new AnswerError(path, minItems === maxItems ? `a list of ${minItems}` : 'a list of an allowed length');
  value.forEach((entry: unknown, index) => {
    checkAnswer(entry, items, schemas, `${path}[${index}]`);
  });
}

function checkObject(value: unknown, { properties = {}, required = [], values }: AnswerSchema, ...rest: Check): void {
  const [schemas, path] = rest;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AnswerError(path, 'an object');
  const members = new Map<string, unknown>(Object.entries(value));
  for (const [name, schema] of Object.entries(properties))
    if (members.get(name) !== undefined || required.includes(name))
      checkAnswer(members.get(name), schema, schemas, path === '' ? name : `${path}.${name}`);
  if (values !== undefined)
    for (const [name, member] of members) checkAnswer(member, values, schemas, `${path}.${name}`);
}
