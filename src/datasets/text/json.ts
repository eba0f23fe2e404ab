import { FormatError } from './fault.js';
import { positionOfDepth } from './jsonLines.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** No format nests ten deep. Code that walks a value later (JSON.stringify) overflows the stack at a few thousand. */
const deepest = 100;

/**
 * The object at the top of a JSON file.
 *
 * @throws FormatError with the line if it isn't JSON, isn't an object, or is absurdly deep
 */
export function parseJsonObject(text: string, file: string): JsonObject {
  const value = parseJson(text, file);
  if (!isObject(value)) throw new FormatError({ file, line: 1 }, 'the file holds no JSON object');
  return value;
}

/**
 * The elements of the list at the top of a JSON file; anything else there is one element, as tools write a single film.
 *
 * @throws FormatError with the line if it isn't JSON or is absurdly deep
 */
export function parseJsonList(
  text: string,
  file: string,
): { elements: readonly unknown[]; readonly pathOf: (i: number) => string } {
  const value = parseJson(text, file);
  return Array.isArray(value) ? { elements: value, pathOf: (i) => `[${i}]` } : { elements: [value], pathOf: () => '' };
}

function parseJson(text: string, file: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = lineOf(message, text);
    throw new FormatError({ file, ...(line === undefined ? {} : { line }) }, `not JSON: ${message}`, { cause: error });
  }
  const tooDeep = positionOfDepth(text, deepest);
  if (tooDeep !== undefined)
    throw new FormatError({ file, line: lineAt(text, tooDeep) }, `objects and arrays nested more than ${deepest} deep`);
  if (/\\ud[89a-f]/i.test(text) && !isWhole(value))
    throw new FormatError({ file }, 'a string holds half of a surrogate pair, which is not a character');
  return value;
}

/** Written as UTF-8, every lone surrogate becomes the same character: two labels could become one. */
function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isWhole(name) && isWhole(member));
}

/** `Array.isArray`, but without making the elements `any`. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * V8 gives the position of the character, or quotes it with up to ten characters either side; undefined if the line
 * can't be told from that.
 */
function lineOf(message: string, text: string): number | undefined {
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  const [, shown] = /, \.\.\."(.*?)"(?:\.\.\.)? is not valid JSON$/s.exec(message) ?? [];
  if (position !== undefined) return lineAt(text, Number(position));
  if (/end of JSON input/.test(message)) return lineAt(text, text.length);
  const at = shown === undefined ? -1 : text.indexOf(shown);
  return shown === undefined || at < 0 || text.includes(shown, at + 1) ? undefined : lineAt(text, at + 10);
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

/** The object without some of its keys. */
export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A number, or the text of one, as some tools write it. */
export function toNumber(value: unknown): number | undefined {
  if (isFiniteNumber(value)) return value;
  return typeof value === 'string' ? parseNumber(value) : undefined;
}

/** Decimal notation only: no `0x`, no empty text, no Infinity. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) && Number.isFinite(Number(trimmed))
    ? Number(trimmed)
    : undefined;
}
