import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type ResultObject, resultObjects, type SourceInstance } from '../../src/dicom/index.js';
import type { Report } from '../../src/report/index.js';
import { belowThreshold, boxAt, findings, notAnalysed, source } from './results.js';

/** Our objects as others read and judge them: dicom3tools, DCMTK, highdicom and PixelMed, where they are installed. */

const python = process.env['HIGHDICOM_PYTHON'] ?? 'python3';
const reader = new URL('./read_results.py', import.meta.url).pathname;
const jars = ['pixelmed', 'commons-codec', 'javax.json'].map((name) => `/usr/share/java/${name}.jar`);
// CI has all of them: there the tests fail where one is missing.
const inCi = process.env['CI'] !== undefined;
const found = (command: string, ...args: string[]) => inCi || spawnSync(command, args).error === undefined;
const needs = (there: boolean, what: string) => (there ? {} : { skip: `${what} is not installed` });
const needsDicom3tools = needs(found('dciodvfy', '-version'), 'dicom3tools');
const needsDcmtk = needs(found('dsrdump', '--version'), 'DCMTK');
const hasHighdicom = inCi || spawnSync(python, ['-c', 'import highdicom']).status === 0;
const needsHighdicom = needs(hasHighdicom, 'highdicom (HIGHDICOM_PYTHON)');
const needsPixelmed = needs(inCi || (found('java', '-version') && jars.every((jar) => existsSync(jar))), 'PixelMed');

const hundred = Array.from({ length: 100 }, (_, i) =>
  boxAt([(i % 10) * 50, Math.floor(i / 10) * 40, 45.37, 33.1], i + 1),
);
const corners = [boxAt([0, 0, 512, 420], 1), boxAt([511.5, 419.75, 0.5, 0.25], 2)];
const longNames = {
  model: {
    name: `${'opacity-'.repeat(12)}ünïcode`,
    version: '1.0.0-rc.1+build.2026.11.30.with.a.long.tail.of.words.that.nobody.reads.to.its.end',
    specSha256: 'a1'.repeat(32),
    onnxSha256: 'b2'.repeat(32),
  },
  notice: `Nur für Forschung.${' Keine Diagnose.'.repeat(90)}`,
};
const strange: SourceInstance = {
  ...source,
  patientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  patientId: 'Ä-1',
  studyDescription: 'Thorax p.a. — Ärztlicher Dienst, ein Text mit mehr als vierundsechzig Zeichen',
  referringPhysicianName: 'Müller^Jörg',
};
const { bodyPartExamined, studyTime, greyLevels, ...bare } = source;

const lut = { descriptor: [4, 0, 16], data: [0, 1, 2, 65535] } as const;

const results: Readonly<Record<string, readonly [Report, SourceInstance]>> = {
  findings: [
    findings([boxAt([60.5, 150.25, 120.5, 110.25], 1), boxAt([300, 10, 99.99, 7], 2, 'nodule', 0.31)]),
    source,
  ],
  'below-threshold': [belowThreshold(), source],
  'not-analysed': [notAnalysed(true), source],
  'not-decoded': [notAnalysed(false), source],
  hundred: [findings(hundred), source],
  corners: [findings(corners), source],
  'unknown class': [findings([boxAt([1, 2, 30, 40], 1, 'Verschattung\\links µ')], longNames), strange],
  monochrome1: [inverse(), source],
  'look-up tables': [belowThreshold(), { ...source, greyLevels: { modalityLut: { ...lut, type: 'US' }, voiLut: lut } }],
  sigmoid: [
    belowThreshold(),
    { ...source, greyLevels: { window: { center: 0.5, width: 12.25, function: 'SIGMOID' } } },
  ],
  'little known': [findings([boxAt([1, 2, 30, 40], 1)]), bare],
};

function inverse(): Report {
  const report = findings([boxAt([1, 2, 30, 40], 1)]);
  const { image } = report;
  if (report.state !== 'findings' || image?.dicom === undefined) return report;
  return { ...report, image: { ...image, dicom: { ...image.dicom, photometricInterpretation: 'MONOCHROME1' } } };
}

interface Written extends ResultObject {
  readonly name: string;
  readonly kind: 'sr' | 'pr' | 'sc';
  readonly path: string;
}

async function written(folder: string): Promise<Written[]> {
  const picture = { width: 33, height: 11, pixels: new Uint8Array(33 * 11 * 3).fill(99) };
  const files: Written[] = [];
  for (const [name, [report, film]] of Object.entries(results)) {
    const objects = await resultObjects(report, film, { softwareVersion: '1.2.3', picture });
    for (const kind of ['sr', 'pr', 'sc'] as const) {
      const object = objects[kind];
      if (object === undefined) continue;
      const path = join(folder, `${name.replace(' ', '-')}.${kind}.dcm`);
      writeFileSync(path, object.bytes);
      files.push({ ...object, name, kind, path });
    }
  }
  return files;
}

/** Lines of both streams, and the exit status. */
function said(command: string, ...args: string[]): { readonly lines: string[]; readonly status: number | null } {
  const { stdout, stderr, status, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { lines: `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== ''), status };
}

let files: Written[];
t.before(async () => {
  files = await written(t.testdir());
});

t.test('dicom3tools finds no fault', needsDicom3tools, (t) => {
  t.equal(files.length, 32);
  const kinds = { sr: 'Comprehensive3DSR', pr: 'GrayscaleSoftcopyPresentationState', sc: 'SCImage' };
  for (const { name, kind, path } of files) {
    const { lines } = said('dciodvfy', '-new', path);
    const text = lines
      .join('\n')
      .replace(tooManyBytes, (fault, value: string, most: string) =>
        Array.from(value).length <= Number(most) ? '' : fault,
      );
    const left = text.split('\n').filter((line) => line !== '' && !(name === 'little known' && isUnknown(line)));
    t.strictSame(left, [kinds[kind]], `${name} ${kind}`);
  }
  t.end();
});

t.test('DCMTK reads every object', needsDcmtk, (t) => {
  for (const { name, kind, path } of files) {
    // Both check VRs without knowing UTF-8 (ISO_IR 192).
    const { lines, status } = kind === 'sr' ? said('dsrdump', '+Ps', path) : said('dcmdump', path);
    t.equal(status, 0, `${name} ${kind}`);
    t.strictSame(
      lines.filter((line) => /^[EF]:/.test(line) || (/^W:/.test(line) && !/VR checker does not support/.test(line))),
      [],
      `${name} ${kind}`,
    );
  }
  const ascii = files.filter(({ name, kind }) => kind === 'pr' && name !== 'unknown class');
  for (const { name, path } of ascii) t.match(said('dcmpschk', path).lines.at(-1), /^W: Test passed\.$/, name);
  t.end();
});

/** dicom3tools counts bytes, the standard characters (PS3.5, table 6.2-1): in UTF-8 they differ. */
const tooManyBytes = /Error - [^\n]* = <([^>]*)> - Length invalid for this VR = <\d+> - expected <= (\d+)/g;

/** What a film doesn't say stays empty. */
function isUnknown(line: string): boolean {
  return (
    /^Warning - <\/StudyTime.* needed to build DICOMDIR$/.test(line) ||
    /^Warning - <\/Laterality.* is only permitted to be empty when actually unknown/.test(line)
  );
}

interface Read {
  readonly name: string;
  readonly id: string;
  readonly study: string;
  readonly texts: string[];
  readonly kind: string;
  readonly template: string;
  readonly device: string[];
  readonly evidence: string[][];
  readonly groups: {
    readonly identifier: string;
    readonly uid: string;
    readonly finding: string;
    readonly sites: string[];
    readonly points: [number, number][];
    readonly film: string;
    readonly scores: [string, number, string][];
  }[];
}

t.test('highdicom finds the boxes at their pixels, and whose film it is', needsHighdicom, (t) => {
  const { stdout, stderr, status } = spawnSync(python, [reader, ...files.map(({ path }) => path)], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  t.equal(status, 0, stderr);
  const read = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Read);
  t.equal(read.length, files.length);
  for (const [i, { name, kind }] of files.entries()) {
    const [report, film] = results[name] ?? [];
    const object = read[i];
    if (report === undefined || film === undefined || object === undefined)
      throw new Error(`nothing was read of ${name}`);
    t.match(object, { name: film.patientName, id: film.patientId, study: film.studyInstanceUid }, name);
    if (kind !== 'sr') continue;
    t.match(object, { kind: 'Comprehensive3DSR', template: '1500' });
    const evidence = [film.studyInstanceUid, film.seriesInstanceUid, film.sopInstanceUid, film.sopClassUid];
    t.strictSame(object.evidence, [evidence]);
    t.strictSame(object.device.slice(0, 2), [report.model.name, 'lesion-detector']);
    for (const text of [report.notice, `State: ${report.state}`, `Report: ${report.id}`])
      t.ok(object.texts.includes(text), `${name}: ${text}`);
    if (report.state !== 'not-analysed') t.ok(object.texts.includes(`Threshold: ${report.threshold}`), name);
    t.notMatch(object.texts.join('\n'), /no abnormality|normal film|without findings/i);
    const boxes = report.state === 'findings' ? report.detections : [];
    t.equal(object.groups.length, boxes.length, name);
    t.equal(new Set(object.groups.map(({ uid }) => uid)).size, boxes.length, 'each box has a UID of its own');
    for (const [j, { class: className, score, id, box }] of boxes.entries()) {
      const group = object.groups[j];
      t.ok(object.texts.some((text) => text.startsWith(`${className} `) && text.includes(id)));
      t.equal(group?.film, film.sopInstanceUid);
      t.match(group?.scores, [['Certainty of Finding', Math.round(score * 10000) / 100, '%']]);
      const [right, bottom] = [box.x + box.width, box.y + box.height];
      const outline = [box.x, box.y, right, box.y, right, bottom, box.x, bottom, box.x, box.y];
      const points = group?.points.flat() ?? [];
      // Coordinates are 32-bit floats.
      t.strictSame(points, outline.map(Math.fround), `${name}: box ${j}`);
    }
  }
  const [first] = read;
  t.match(first?.groups, [
    { finding: 'Opacity', sites: ['Lung'] },
    { finding: 'Nodule', sites: ['Lung'] },
  ]);
  t.end();
});

t.test('PixelMed finds the template kept but for what is known', needsPixelmed, (t) => {
  const limits = ['TotalOp', 'ExprOp', 'ExprGrp'].map((each) => `-Djdk.xml.xpath${each}Limit=0`);
  const names = new Set(['findings']);
  for (const { path, name } of files.filter((file) => file.kind === 'sr' && names.has(file.name))) {
    const { lines } = said('java', ...limits, '-cp', jars.join(':'), 'com.pixelmed.validate.DicomSRValidator', path);
    t.ok(lines.includes('Found Root Template TID_1500 (MeasurementReport)'), name);
    t.ok(lines.includes('IOD validation complete'), name);
    const leftovers = lines.filter((line) => /^(Error|Warning)/.test(line)).filter((line) => !isKnown(line));
    t.strictSame(leftovers, [], name);
  }
  t.end();
});

/** Its codes of X-ray procedures are of 2022, before DICOM had one; a comment is more than the template asks for. */
function isKnown(line: string): boolean {
  return (
    /Code \(43468-8,LN,"XR unspecified body region"\)/.test(line) ||
    /TEXT \(121106,DCM,"Comment"\): Content Item not in template$/.test(line)
  );
}
