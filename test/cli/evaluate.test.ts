import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { detectCommand } from '../../src/cli/detect/command.js';
import type { FileReport } from '../../src/cli/detect/analyseFiles.js';
import { raisedVersion } from '../../src/cli/evaluate/recommendation.js';
import { evaluateCommand } from '../../src/cli/evaluate/command.js';
import { calibrate, iou } from '../../src/detector/index.js';
import { type EvaluationReport, figuresOnCard, parseResults, resultsCsv } from '../../src/evaluation/index.js';
import { loadModel } from '../../src/registry/index.js';
import { writeTinyModel } from '../engine/tinyModel.js';
import { film, randomFilms, resultOf, results } from '../evaluation/films.js';
import { runCommand } from './runCommand.js';

const evaluate = (...args: string[]) => runCommand(evaluateCommand(), args);

// A few films each: the pool is tried in test/cli/analyseFiles.test.ts and test/engine.
process.env['RUNNERS'] = '1';
process.env['DECODERS'] = '1';

const films = 'annotations/films';
const shipped = 'cxr-opacity';
const opacity = { name: 'opacity', title: 'Opacity', colour: '#ff0000', role: 'lesion' } as const;

/**
 * Two of the example films, one cut off after 20 kB; on the first a true box near one of the shipped network's, and one
 * where there is none.
 */
async function annotated(
  t: Test,
  change: { readonly annotations?: string; readonly films?: string } = {},
): Promise<string[]> {
  const folder = t.testdir({
    images: {},
    'annotations.csv': [
      'image,xmin,ymin,xmax,ymax,label',
      'found.jpg,210,340,440,730,opacity',
      'found.jpg,10,900,90,1000,opacity',
      change.annotations ?? '',
    ].join('\n'),
    'films.csv': [
      'image,source,patient,split,finding,width,height,n_boxes',
      'found.jpg,nih,patient-7,val,SIIM Typical Appearance,1024,1024,2',
      'normal.jpg,"nih, too",patient-8,val,,1024,1024,0',
      'cut.jpg,nih,patient-7,val,,,,0',
      'other.jpg,nih,patient-9,train,,,,0',
      change.films ?? '',
    ].join('\n'),
  });
  const images = join(folder, 'images');
  await mkdir(images, { recursive: true });
  await cp(join(films, 'nih-00004344_002.jpg'), join(images, 'found.jpg'));
  await cp(join(films, 'nih-00003291_001.jpg'), join(images, 'normal.jpg'));
  await cp(join(films, 'nih-00003291_001.jpg'), join(images, 'other.jpg'));
  await writeFile(join(images, 'cut.jpg'), (await readFile(join(films, 'nih-00003291_001.jpg'))).subarray(0, 20_000));
  return [
    '--model',
    shipped,
    '--from',
    'csv',
    '--images',
    images,
    '--annotations',
    join(folder, 'annotations.csv'),
    '--films',
    join(folder, 'films.csv'),
    '--split',
    'val',
  ];
}

t.test('films are run, and everything comes out of the results again', async (t) => {
  const out = t.testdir();
  const given = await annotated(t);
  const { code, out: said, err } = await evaluate(...given, '--out', join(out, 'first'), '--resamples', '20');

  t.equal(code, 1, 'a film failed');
  t.match(err, /one film was not analysed and counts as nothing found:\n {2}.*cut\.jpg: broken-image: /);
  t.match(said, /^ +films +with\/without +AP \.4/);
  const csv = await readFile(join(out, 'first', 'results.csv'), 'utf8');
  const { run, films } = parseResults(csv);
  const { spec } = await loadModel(join('models', shipped));
  t.match(run, {
    model: { name: shipped, threshold: spec.threshold.score, lesions: ['opacity'] },
    split: 'val',
    provider: 'cpu',
  });
  t.match(
    run.command,
    new RegExp(
      String.raw`^npm run -s cli -- evaluate --model cxr-opacity --images \S+ --annotations \S+ --films \S+ ` +
        String.raw`--from csv --split val --out report$`,
    ),
  );
  t.strictSame(
    films.map(({ state, source, patient, appearance, truths }) => ({
      state,
      source,
      patient,
      appearance,
      truths: truths.length,
    })),
    [
      { state: 'analysed', source: 'nih', patient: 0, appearance: 'typical', truths: 2 },
      { state: 'analysed', source: 'nih, too', patient: 1, appearance: null, truths: 0 },
      { state: 'broken-image', source: 'nih', patient: 0, appearance: null, truths: 0 },
    ],
  );
  const [found] = films;
  const detected = JSON.parse(
    (await runCommand(detectCommand(), ['annotations/films/nih-00004344_002.jpg', '--model', shipped])).out,
  ) as FileReport;
  const best = detected.state === 'findings' ? detected.detections[0] : undefined;
  t.strictSame(
    found?.boxes[0]?.overlaps.map(({ truth }) => truth),
    [0],
    'the box lies on the first true one',
  );
  t.ok(
    Math.abs((found?.boxes[0]?.overlaps[0]?.iou ?? 0) - iou(best!.box, { x: 210, y: 340, width: 230, height: 390 })) <
      1e-3,
    'with the IoU of the box that is served',
  );
  t.equal(found?.filmScore, found?.boxes[0]?.score);
  t.ok(
    (found?.boxes.at(-1)?.score ?? 1) < calibrate(0.01, spec.calibration),
    'faint boxes are kept, which precision at high recall rests on',
  );
  t.notMatch(csv.slice(csv.indexOf('\nsha256,')), /\.jpg|patient-/, 'no file name, no patient');
  t.match(films[2]?.sha256, /^[0-9a-f]{64}$/, 'a film that failed is identified, too');

  const report = JSON.parse(await readFile(join(out, 'first', 'report.json'), 'utf8')) as EvaluationReport;
  t.match(report.groups[0], {
    counts: { films: 3, patients: 2, positives: 1, negatives: 2, truths: 2, notAnalysed: { 'broken-image': 1 } },
  });
  // The best detection finds one of two boxes: precision 1 up to recall .5, 51 of 101 points.
  t.ok((report.groups[0]?.boxes.averagePrecision.ap40.value ?? 0) >= 0.50495);
  t.equal(report.groups[0]?.films.figures.sensitivity.value, 1);
  t.equal(report.groups[0]?.appearance, null, 'this network knows no appearance');

  const page = await readFile(join(out, 'first', 'report.html'), 'utf8');
  t.match(page, /Worst misses[^]*href="data:image\/jpeg;base64,/);
  t.notMatch(page, /<script/);

  const again = await evaluate(
    '--results',
    join(out, 'first', 'results.csv'),
    '--out',
    join(out, 'second'),
    '--resamples',
    '20',
  );
  t.equal(again.code, 0);
  for (const file of ['report.json', 'results.csv']) {
    t.equal(
      await readFile(join(out, 'second', file), 'utf8'),
      await readFile(join(out, 'first', file), 'utf8'),
      `${file} is the very same`,
    );
  }
  t.notMatch(await readFile(join(out, 'second', 'report.html'), 'utf8'), /data:image/);
});

t.test('faults in the annotations are listed with file and line, and nothing is run', async (t) => {
  const given = await annotated(t, {
    // A film with a broken box is left out with all its boxes, so those that are compared are on another film.
    annotations: [
      'nobody.jpg,1,1,9,9,opacity',
      'found.jpg,1,1,9,9,nodule',
      'normal.jpg,9,1,1,9,opacity',
      'normal.jpg,1,1,9000,9,opacity',
      'normal.jpg,1,x,9,9,opacity',
    ].join('\n'),
    films: 'absent.jpg,nih,patient-1,val,,,,0\nlater.jpg,nih,patient-7,train,,,,0\nnormal.jpg,nih,patient-8,val,,,,0',
  });
  const out = join(t.testdirName, 'out');
  const error: unknown = await evaluate(...given, '--out', out).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  t.match(error, { name: 'UsageError' });
  const message = error instanceof Error ? error.message : '';
  for (const fault of [
    /annotations\.csv:4: missing-image: /,
    /annotations\.csv:5: unknown-label: "nodule" is not one of the model's classes: opacity/,
    /annotations\.csv:6: inverted-box: /,
    /annotations\.csv:7: outside-film: /,
    /annotations\.csv:8: not-a-number: /,
    /films\.csv:2: contradiction: n_boxes is 2, but \S+annotations\.csv has 3 for found\.jpg/,
    /films\.csv:6: missing-image: there is no \S*absent\.jpg/,
    /films\.csv:7: leak: patient patient-7 is in split train, and in val at \S+films\.csv:2/,
    /films\.csv:8: duplicate: /,
    /nothing was run$/,
  ]) {
    t.match(message, fault);
  }
  t.equal(await stat(out).catch(() => undefined), undefined);
});

t.test('wrong use is refused before anything is done', async (t) => {
  const refused = (message: RegExp, ...args: string[]) => t.rejects(evaluate(...args), { name: 'UsageError', message });
  await refused(/--out/, '--results', 'x.csv');
  await refused(/--images and --annotations, or --results/, '--json');
  await refused(/--annotations must be given once for each --images/, '--images', films, '--json');
  await refused(
    /two sets are called annotations/,
    ...[
      '--images',
      films,
      '--annotations',
      'annotations/a.csv',
      '--images',
      films,
      '--annotations',
      'annotations/b.csv',
      '--json',
    ],
  );
  await refused(
    /There is no file or folder annotations\/none\.csv/,
    '--model',
    shipped,
    '--images',
    films,
    '--annotations',
    'annotations/none.csv',
    '--json',
  );
  await refused(
    /annotations\/SOURCES\.md: .* it is not a results\.csv/,
    '--results',
    'annotations/SOURCES.md',
    '--json',
  );
  await refused(/--write-spec needs something to write/, '--results', 'x.csv', '--json', '--write-spec');
  await refused(/it can't be combined with --images/, '--results', 'x.csv', '--json', '--split', 'val');
  await t.rejects(evaluate('--json', '--film-sensitivity', '1.5'), { code: 'commander.invalidArgument' });
  await t.rejects(evaluate('--json', '--youden', '--film-sensitivity', '0.5'), { code: 'commander.conflictingOption' });
});

t.test('no film is run where what comes of it could not be written', async (t) => {
  const given = await annotated(t);
  const folder = t.testdirName;
  await writeFile(join(folder, 'file'), '');
  await writeFile(join(folder, 'CARD.md'), '# A card without a place');
  const refused = (message: RegExp, ...args: string[]) =>
    t.rejects(evaluate(...given, ...args), { name: 'UsageError', message });
  await refused(/--out: EEXIST/, '--out', join(folder, 'file'));
  await refused(/no such file/, '--card', join(folder, 'NONE.md'));
  await refused(/CARD\.md: the card has no place for figures/, '--card', join(folder, 'CARD.md'));
});

t.test('what is no results file takes the place of none', async (t) => {
  const good = resultsCsv(results([film([[0, 0, 9, 9]], [[0.9, [0, 0, 9, 9]]]), film([], [], { patient: 1 })]));
  const folder = t.testdir({ 'bad.csv': 'image,score', out: { 'results.csv': good } });
  await t.rejects(evaluate('--results', join(folder, 'bad.csv'), '--out', join(folder, 'out')), {
    name: 'UsageError',
    message: /it is not a results\.csv/,
  });
  t.equal(await readFile(join(folder, 'out', 'results.csv'), 'utf8'), good);
  await writeFile(join(folder, 'again.csv'), good);
  const { err } = await evaluate('--results', join(folder, 'again.csv'), '--json', '--resamples', '1');
  t.equal(err, 'one film is the same file as another of these films, and was counted twice\n');
});

t.test('calibration and operating point are written into a spec with a raised version, on demand alone', async (t) => {
  const models = t.testdir();
  const folder = await writeTinyModel(models, { classes: [opacity] });
  const before = await loadModel(folder);
  const graded = randomFilms(8, 40, { classes: ['opacity'], ties: false }).map((drawn, i) => {
    const result = resultOf(drawn, i);
    const boxes = result.boxes
      .map((each) => ({ ...each, score: (each.overlaps[0]?.iou ?? 0.05) * 0.6 }))
      .sort((a, b) => b.score - a.score);
    return { ...result, boxes, filmScore: boxes[0]?.score ?? 0 };
  });
  const file = join(models, 'results.csv');
  const { name, version, onnxSha256, threshold } = before.spec;
  await writeFile(
    file,
    resultsCsv(
      results(graded, { name, version, onnxSha256, specSha256: before.specSha256, threshold: threshold.score }),
    ),
  );
  const common = ['--results', file, '--models', models, '--out', join(models, 'out'), '--resamples', '2'];

  const shown = await evaluate(...common, '--fit-calibration', '--false-positives-per-film', '0.25');
  t.match(shown.err, /threshold 0\.\d+: at most 0\.25 false positives a film \(IoU \.4\) on 40 films of drawn/);
  t.equal((await loadModel(folder)).specSha256, before.specSha256, 'nothing is written unasked');
  const recommended = JSON.parse(await readFile(join(models, 'out', 'recommendation.json'), 'utf8')) as {
    calibration: object;
    threshold: object;
  };

  await evaluate(...common, '--fit-calibration', '--false-positives-per-film', '0.25', '--write-spec');
  const after = await loadModel(folder);
  t.equal(after.spec.version, '1.0.1');
  t.strictSame({ ...after.spec, version: '1.0.0', calibration: null, threshold }, before.spec, 'the rest is as it was');
  t.strictSame(
    { calibration: after.spec.calibration, threshold: after.spec.threshold },
    { calibration: recommended.calibration, threshold: recommended.threshold },
  );

  await t.rejects(
    evaluate(...common, '--youden', '--write-spec'),
    { name: 'UsageError', message: /run the films again/ },
    'the results are of the spec before',
  );
  await t.rejects(evaluate(...common, '--write-spec'), { name: 'UsageError', message: /needs something to write/ });
  t.equal(raisedVersion('1.2.9'), '1.2.10');
  t.equal(raisedVersion('2.0.0-rc.1'), '2.0.0');
});

t.test('a card gets the figures of a results file', async (t) => {
  const folder = t.testdir({
    'CARD.md': '# A card\n\n<!-- figures -->\n<!-- /figures -->\n',
    'results.csv': resultsCsv(results([film([[0, 0, 9, 9]], [[0.9, [0, 0, 9, 9]]]), film([], [], { patient: 1 })])),
  });
  const card = join(folder, 'CARD.md');
  const { code } = await evaluate('--results', join(folder, 'results.csv'), '--card', card, '--resamples', '10');
  t.equal(code, 0);
  t.match(figuresOnCard(await readFile(card, 'utf8')), /\| all \| 1 \/ 1 \| 1\.00 \[1\.00, 1\.00\]/);
});

t.test('without a films file every image of the folder is a film', async (t) => {
  const folder = t.testdir({
    images: {},
    'vott.csv': '"image","xmin","ymin","xmax","ymax","label"\n"a.png",10.5,10,60,60,"opacity"\n',
  });
  await mkdir(join(folder, 'images'), { recursive: true });
  for (const name of ['a.png', 'b.png']) {
    await sharp({ create: { width: 120, height: 100, channels: 3, background: '#777' } })
      .png()
      .toFile(join(folder, 'images', name));
  }
  await writeTinyModel(join(folder, 'models'), { classes: [opacity] });
  const { code, out } = await evaluate(
    '--models',
    join(folder, 'models'),
    '--model',
    'tiny',
    '--from',
    'vott-csv',
    '--images',
    join(folder, 'images'),
    '--annotations',
    join(folder, 'vott.csv'),
    '--set',
    'drawn',
    '--json',
    '--resamples',
    '5',
  );
  t.equal(code, 0);
  const report = JSON.parse(out) as EvaluationReport;
  t.match(report.groups, [{ kind: 'all', counts: { films: 2, patients: 2, positives: 1, truths: 1 } }]);
});
