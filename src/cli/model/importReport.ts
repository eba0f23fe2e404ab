import {
  type ImportedModel,
  type ModelSource,
  networkSize,
  type Precision,
  writeOnnx,
  type WrittenModel,
} from '../../weights/index.js';
import { runHeads, trialInput } from './trial.js';

export interface Loss {
  /** Largest difference of a raw head value between fp16 and fp32 weights, on the trial input. */
  readonly largestDifference: number;
  /** Largest absolute raw head value there, for comparison. */
  readonly largestValue: number;
}

/**
 * Runs the imported network once, so that no model is written that doesn't load or fit its spec. For fp16 it also
 * runs the fp32 network and returns what the rounding lost.
 */
export async function measureLoss(
  { network, spec, onnx }: ImportedModel,
  precision: Precision,
): Promise<Loss | undefined> {
  const input = trialInput(spec.input);
  const heads = await runHeads(onnx, spec, input);
  if (precision === 'fp32') return undefined;
  const exact = await runHeads(writeOnnx(network, { precision: 'fp32' }), spec, input);
  const loss = { largestDifference: 0, largestValue: 0 };
  exact.forEach((head, i) => {
    head.forEach((value, k) => {
      loss.largestDifference = Math.max(loss.largestDifference, Math.abs(value - (heads[i]?.[k] ?? Number.NaN)));
      loss.largestValue = Math.max(loss.largestValue, Math.abs(value));
    });
  });
  return loss;
}

export interface ImportFacts {
  readonly imported: ImportedModel;
  readonly source: ModelSource;
  readonly precision: Precision;
  readonly loss: Loss | undefined;
  readonly written: WrittenModel;
}

/** What was imported, for a person and for a program. */
export function describeImport({ imported, source, precision, loss, written }: ImportFacts): {
  text: string;
  json: unknown;
} {
  const { spec, onnx, network } = imported;
  const size = networkSize(network);
  const { input, fit, window } = spec;
  const onnxMB = onnx.length / 1e6;
  const rows: [string, string][] = [
    ['model', `${spec.name} ${spec.version}, from ${source.format === 'darknet' ? 'darknet' : 'Keras'}`],
    ['layers', `${size.layers}, ${size.convolutions} of them convolutions`],
    ['parameters', `${(size.parameters / 1e6).toFixed(3)} million, batch normalisation folded in`],
    ['compute', `${size.gflop.toFixed(3)} GFLOP a film`],
    [
      'input',
      `${input.tensor}: ${input.channels} × ${input.height} × ${input.width}, ${input.colour}, ` +
        `window ${window === 'none' ? window : window.percentile.join('–')}`,
    ],
    [
      'fit',
      `${fit.mode}, ${fit.interpolation}, ${fit.arithmetic}, fill ${Number(fit.fill.toFixed(5))}, ` +
        `back ${fit.unletterbox}`,
    ],
    ...spec.heads.map((head): [string, string] => [
      head.tensor,
      `stride ${head.stride}, anchors ${head.anchors.map((anchor) => anchor.join('×')).join(' ')}, ` +
        `scaleXY ${head.scaleXY}, ${head.box}`,
    ]),
    ['classes', classText(spec.classes.map(({ name, role }) => (role === 'lesion' ? name : `${name} (attribute)`)))],
    ['threshold', `${spec.threshold.score} (${spec.threshold.source}), NMS at IoU ${spec.nms.iou}`],
    ['stored', `${precision}, ${onnxMB.toFixed(2)} MB, sha256 ${spec.onnxSha256}`],
    ...(loss === undefined
      ? []
      : [
          [
            'loss',
            `${loss.largestDifference.toPrecision(3)}: largest difference of a raw head value to fp32, ` +
              `values up to ${loss.largestValue.toPrecision(3)}`,
          ] satisfies [string, string],
        ]),
    ['folder', written.changed ? written.folder : `${written.folder} (already there, unchanged)`],
  ];
  const text = rows.map(([key, value]) => `${key.padEnd(10)} ${value}\n`).join('');
  return {
    text,
    json: {
      folder: written.folder,
      changed: written.changed,
      ...size,
      precision,
      onnxBytes: onnx.length,
      loss: loss ?? null,
      spec,
    },
  };
}

function classText(classes: readonly string[]): string {
  const shown = classes.slice(0, 12);
  return `${shown.join(', ')}${classes.length > shown.length ? ` … (${classes.length})` : ''}`;
}
