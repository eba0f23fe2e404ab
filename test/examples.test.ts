import { readFile } from 'node:fs/promises';
import t, { type Test } from 'tap';
import { axisOver, escapeXml, htmlTable, path, tag } from '../src/svg/index.js';
import { csvLine, readCsv } from '../src/csv/index.js';
import { openDatabase, timeIds, timeOfId } from '../src/database/index.js';
import {
  calibrate,
  clipBox,
  decodeHeads,
  detect,
  fitToInput,
  iou,
  packTensor,
  planFit,
  resize,
  suppress,
  toImageBox,
  toInputBox,
  uncalibrate,
} from '../src/detector/index.js';
import { figureText } from '../src/evaluation/index.js';
import { piecesOf } from '../src/guessable/pieces.js';
import { rangeUsed } from '../src/imaging/rangeUsed.js';
import { copyLog, createDetectionLog } from '../src/log/index.js';
import { embeddedFolder } from './backends.js';
import { toySpec } from './modelSpec.js';

/** The `@example`s of doc comments run, and give what their comments say. */

const toy = toySpec();
const spec = { ...toy, input: { ...toy.input, width: 416, height: 416 } };
/** One anchor, five numbers and a class, over 2 × 2 cells. */
const heads = [new Float32Array(6 * 2 * 2)];

const pure: readonly (readonly [file: string, scope: Readonly<Record<string, unknown>>])[] = [
  ['csv/csvLine', { csvLine }],
  ['csv/readCsv', { readCsv }],
  ['database/timeId', { timeIds, timeOfId }],
  ['detector/boxes', { clipBox, iou }],
  ['detector/calibration', { calibrate, uncalibrate }],
  ['detector/decode', { decodeHeads, heads, spec: toy }],
  ['detector/detect', { planFit, detect, heads, spec: toy }],
  ['detector/letterbox', { planFit, spec, toImageBox, toInputBox }],
  ['detector/networkInput', { fitToInput, packTensor, spec }],
  ['detector/nms', { suppress }],
  ['detector/resize/resize', { resize }],
  ['evaluation/measures/measure', { figureText }],
  ['guessable/pieces', { piecesOf }],
  ['imaging/rangeUsed', { rangeUsed }],
  ['svg/axis', { axisOver }],
  ['svg/escapeXml', { escapeXml }],
  ['svg/htmlTable', { htmlTable }],
  ['svg/path', { path }],
  ['svg/tag', { tag }],
];

for (const [file, scope] of pure) t.test(`the example of ${file}`, (t) => runExample(t, file, scope));

t.test('the examples of the log', async (t) => {
  const dataDir = await embeddedFolder(t);
  const database = await openDatabase({ at: { dataDir } });
  t.teardown(() => database.close());
  const log = createDetectionLog(database);
  const scope = { log, id: timeIds()(), bodySha256: '0'.repeat(64) };
  const files = ['claim', 'count', 'erase', 'find', 'following', 'list', 'references', 'statistics', 'verify'];
  for (const file of files) await runExample(t, `log/${file}`, scope);
  // Its folder is `./data`, which is somebody's: here it is the test's.
  await runExample(t, 'log/detectionLog', { createDetectionLog, openDatabase: () => Promise.resolve(database) });
  const target = await openDatabase({ at: { dataDir: await embeddedFolder(t) } });
  t.teardown(() => target.close());
  const opened = ({ at }: { readonly at: object }) => Promise.resolve('url' in at ? target : database);
  await runExample(t, 'log/copy', { copyLog, openDatabase: opened });
});

type Run = (...scope: readonly unknown[]) => Promise<void>;

/** Runs every example of a file; a comment behind a statement that is a value or a comparison is checked. */
async function runExample(t: Test, file: string, scope: Readonly<Record<string, unknown>>): Promise<void> {
  const source = await readFile(new URL(`../src/${file}.ts`, import.meta.url), 'utf8');
  const examples = [...source.matchAll(/ @example\n((?: \*(?!\/).*\n)+)/g)].map(([, text = '']) =>
    text.replace(/^ \* ?/gm, ''),
  );
  t.ok(examples.length > 0, `src/${file}.ts has an example`);
  const check = (given: unknown, expected: unknown): void => {
    t.strictSame(given, expected, `${file}: ${JSON.stringify(expected)}`);
  };
  for (const example of examples) {
    const program = checked(example);
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code under test is text in a comment
    const run = new Function('check', ...Object.keys(scope), `return (async () => {${program}\n})()`) as Run;
    await run(check, ...Object.values(scope));
    t.pass(`${file} runs`);
  }
}

/**
 * The code with its claims as checks: `f(x); // value` and, on lines of their own, `// name: value` and
 * `// a === b, c === d`. Other comments are for people.
 */
function checked(example: string): string {
  return example
    .replace(/^(\S.*?);\s\/\/ (.*(?:\n\/\/ {3}.*)*)$/gm, (line, code: string, claim: string) => {
      const value = claim.replace(/^\/\/ */gm, '');
      return /^(const|let|for) /.test(code) || !isValue(value) ? line : `check(${code}, ${value});`;
    })
    .replace(/^\/\/ ([\w.]+): (.*)$/gm, (line, name: string, value: string) =>
      isValue(value) ? `check(${name}, ${value});` : line,
    )
    .replace(/^\/\/ ([\w.]+ === .*)$/gm, (_line, claims: string) =>
      claims
        .split(', ')
        .map((claim) => `check(${claim}, true);`)
        .join('\n'),
    );
}

/** Whether it is a value that can be written in code, such as `'a,b\n'` or `1 / 3`, and no words. */
function isValue(text: string): boolean {
  return /^(['"[{\d.-]|true|false|undefined)/.test(text) && !/^\d+ [a-z]/.test(text);
}
