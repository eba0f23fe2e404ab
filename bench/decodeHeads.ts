import { performance } from 'node:perf_hooks';
import { decodeHeads, detect, type ModelSpec, planFit } from '../src/detector/index.js';
import { seededRandom } from '../src/random.js';
import { toySpec } from '../test/modelSpec.js';
import { normal, quantile } from './statistics.js';
import { markdownTable, milliseconds } from './markdown.js';

/** Decode + NMS on made heads of a 416 × 416 Darknet-53: 10,647 candidates. */
export function decodeHeadsSection(): string[] {
  const rows = [
    ['usual, 1 class', timed(1, usual, 400)],
    ['usual, 80 classes', timed(80, usual, 200)],
    ['worst, 1 class', timed(1, worst, 40)],
    ['worst, 80 classes', timed(80, worst, 2)],
  ] as const;
  return [
    '## Decode and NMS',
    '',
    'From three raw heads (52 × 52, 26 × 26, 13 × 13 cells, three anchors each: 10,647 candidates) to calibrated boxes',
    'on the film, in the process that serves. Usual: background objectness logits from N(−9, 1.5), class logits from',
    'N(−6, 1.5), and 40 objects, each found by nine anchors with overlapping boxes (objectness N(0.5, 1.5), its class',
    'N(3, 1)). Worst: every candidate is far above the floor in every class.',
    '',
    ...markdownTable(
      ['heads', 'candidates above the floor', 'boxes left', 'median', 'p99'],
      rows.map(([name, t]) => [
        name,
        String(t.candidates),
        String(t.boxes),
        milliseconds(t.medianMs),
        milliseconds(t.p99Ms),
      ]),
    ),
    '',
  ];
}

interface Timed {
  readonly candidates: number;
  readonly boxes: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

function timed(classes: number, fill: Fill, runs: number): Timed {
  const spec = darknet53(classes);
  const heads = spec.heads.map(
    (head) => new Float32Array(head.anchors.length * (5 + classes) * (416 / head.stride) ** 2),
  );
  fill(heads, spec);
  const plan = planFit(spec, { width: 2021, height: 1800 });
  const times: number[] = [];
  for (let i = 0; i < runs * 1.5; i++) {
    const began = performance.now();
    detect(heads, spec, plan);
    // The first third warms up the compiler.
    if (i >= runs / 2) times.push(performance.now() - began);
  }
  return {
    candidates: decodeHeads(heads, spec, spec.candidateFloor.score).candidates.length,
    boxes: detect(heads, spec, plan).candidates.length,
    medianMs: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  };
}

type Fill = (heads: readonly Float32Array[], spec: ModelSpec) => void;

const usual: Fill = (heads, spec) => {
  const random = seededRandom(7);
  const gauss = normal(random);
  const classes = spec.classes.length;
  heads.forEach((head, h) => {
    const cells = (416 / (spec.heads[h]?.stride ?? 1)) ** 2;
    for (let i = 0; i < head.length; i++) {
      const channel = Math.floor(i / cells) % (5 + classes);
      head[i] = channel === 4 ? gauss(-9, 1.5) : channel > 4 ? gauss(-6, 1.5) : gauss(0, 0.5);
    }
  });
  for (let object = 0; object < 40; object++) {
    const h = object % heads.length;
    const head = heads[h] ?? new Float32Array();
    const columns = 416 / (spec.heads[h]?.stride ?? 1);
    const [column, row] = [1 + Math.floor(random() * (columns - 2)), 1 + Math.floor(random() * (columns - 2))];
    const classIndex = Math.floor(random() * classes);
    for (let near = 0; near < 9; near++) {
      const cell = (row + Math.floor(near / 3) - 1) * columns + column + (near % 3) - 1;
      const start = (near % 3) * (5 + classes) * columns ** 2 + cell;
      head[start + 4 * columns ** 2] = gauss(0.5, 1.5);
      head[start + (5 + classIndex) * columns ** 2] = gauss(3, 1);
    }
  }
};

const worst: Fill = (heads) => {
  const gauss = normal(seededRandom(11));
  for (const head of heads) for (let i = 0; i < head.length; i++) head[i] = gauss(2, 0.5);
};

/** The heads of yolov3.cfg with COCO's anchors. */
function darknet53(classes: number): ModelSpec {
  const head = (index: number, stride: number, anchors: [number, number][]) => ({
    tensor: `head${index}`,
    stride,
    anchors,
    scaleXY: 1,
    box: 'exp' as const,
  });
  return toySpec({
    name: 'darknet-53',
    input: { ...toySpec().input, width: 416, height: 416 },
    heads: [
      head(0, 32, [
        [116, 90],
        [156, 198],
        [373, 326],
      ]),
      head(1, 16, [
        [30, 61],
        [62, 45],
        [59, 119],
      ]),
      head(2, 8, [
        [10, 13],
        [16, 30],
        [33, 23],
      ]),
    ],
    classes: Array.from({ length: classes }, (_, i) => ({
      name: `class-${i}`,
      title: `Class ${i}`,
      colour: '#ffffff',
      role: 'lesion' as const,
    })),
    maxBatch: 1,
  });
}
