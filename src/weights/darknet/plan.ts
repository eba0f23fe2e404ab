import { ImportError } from '../importError.js';
import { INPUT, type Plan, type Source } from '../network.js';
import { Planner } from '../planner.js';
import { isOfAlexeyFork } from './alexeyFork.js';
import { SectionReader } from './sectionReader.js';
import { parseSections } from './sections.js';
import { readYolo } from './yolo.js';

export interface DarknetPlan {
  readonly plan: Plan;
  /** What the cfg holds but the import ignores, for a person to read. */
  readonly notes: readonly string[];
}

export interface DarknetPlanOptions {
  /** Replaces the cfg's input size. Anchors stay as they are: pixels of the input, whatever its size. */
  readonly size?: { readonly width: number; readonly height: number };
}

/**
 * Reads a darknet cfg (https://github.com/AlexeyAB/darknet, src/parser.c) into a plan. An unknown option that would
 * change the arithmetic throws ImportError `unsupported` with its name; training options are ignored.
 */
export function planDarknet(cfg: string, options: DarknetPlanOptions = {}): DarknetPlan {
  const [net, ...sections] = parseSections(cfg);
  if (net === undefined) throw new Error('parseSections returns at least [net]');
  const netReader = new SectionReader(net, '[net]');
  const planner = new Planner(readInput(netReader, options));
  const walk: Walk = { planner, outputs: [] };
  const notes: string[] = [];
  sections.forEach((section, index) => {
    const reader = new SectionReader(section, `layer ${index} [${section.type}]`);
    const readLayer = Object.hasOwn(layerReaders, section.type) ? layerReaders[section.type] : undefined;
    if (readLayer === undefined) {
      throw new ImportError(
        'unsupported',
        `${reader.origin} (cfg line ${section.line}): sections of this type are not supported`,
      );
    }
    walk.outputs.push(readLayer(reader, walk, index));
    notes.push(...reader.notes());
  });
  const plan = planner.plan();
  if (plan.heads.length === 0) {
    throw new ImportError(
      'bad-cfg',
      'the cfg has no [yolo] section: this is a backbone or a classifier, not a detector',
    );
  }
  return { plan, notes: [...netNotes(netReader, isOfAlexeyFork(cfg)), ...notes] };
}

/** The layers so far, and where each cfg layer's output is; undefined for [yolo], whose output isn't a map. */
interface Walk {
  readonly planner: Planner;
  readonly outputs: (Source | undefined)[];
}

type LayerReader = (reader: SectionReader, walk: Walk, index: number) => Source | undefined;

const layerReaders: Readonly<Record<string, LayerReader>> = {
  convolutional: readConvolutional,
  maxpool: readMaxpool,
  avgpool: (reader, walk) => walk.planner.average(reader.origin, before(reader, walk)),
  upsample: readUpsample,
  route: readRoute,
  shortcut: readShortcut,
  scale_channels: readScaleChannels,
  // Identity once trained, since darknet scales during training. It still has its own index.
  dropout: (reader, walk) => {
    reader.ignore(['probability', 'dropblock', 'dropblock_size_rel', 'dropblock_size_abs']);
    return before(reader, walk);
  },
  yolo: readHead,
};

function readInput(
  reader: SectionReader,
  { size }: DarknetPlanOptions,
): { channels: number; height: number; width: number } {
  reader.refuse({ time_steps: ['1'], inputs: ['0'], track: ['0'] });
  const width = size?.width ?? reader.int('width', 0);
  const height = size?.height ?? reader.int('height', 0);
  const channels = reader.int('channels', 3);
  if (width < 1 || height < 1 || channels < 1) {
    throw new ImportError(
      'bad-cfg',
      `[net]: width=${width}, height=${height}, channels=${channels} is not a valid input`,
    );
  }
  return { channels, height, width };
}

function readConvolutional(reader: SectionReader, walk: Walk): Source {
  // Blurring after the convolution, weights shared with another layer, weights rotated during training, rounded
  // weights, coordinates as channels: each makes another function of the same file.
  reader.refuse({
    antialiasing: ['0'],
    share_index: ['-1000000000'],
    sway: ['0'],
    rotate: ['0'],
    stretch: ['0'],
    stretch_sway: ['0'],
    xnor: ['0'],
    binary: ['0'],
    bin_output: ['0'],
    use_bin_output: ['0'],
    coordconv: ['0'],
    flipped: ['0'],
    dontload: ['0'],
    dontloadscales: ['0'],
    deform: ['0'],
    reverse: ['0'],
  });
  reader.ignore([
    'assisted_excitation',
    'grad_centr',
    'stream',
    'wait_stream',
    'burnin_update',
    'train_only_bn',
    'learning_rate',
    'dot',
    'stopbackward',
    'angle',
    'onlyforward',
    'momentum',
    'decay',
    'lr_mult',
    'dontsave',
    'steps',
    'clip',
    'numload',
  ]);
  const size = reader.int('size', 1);
  const stride = reader.int('stride', 1);
  const dilation = size === 1 ? 1 : reader.int('dilation', 1);
  // `pad` is a switch: any non-zero value pads by half the kernel.
  const padding = reader.int('pad', 0) !== 0 ? Math.floor(size / 2) : reader.int('padding', 0);
  reader.ignore(['padding', 'dilation']);
  if (dilation > 1 && 2 * padding !== size - 1) {
    throw new ImportError(
      'unsupported',
      `${reader.origin}: dilation=${dilation} with padding ${padding}; darknet's sizes hold only for half the kernel`,
    );
  }
  const pad = padding * dilation;
  return walk.planner.convolution(reader.origin, before(reader, walk), {
    filters: reader.int('filters', 1),
    size,
    strideX: reader.int('stride_x', stride),
    strideY: reader.int('stride_y', stride),
    pads: { top: pad, left: pad, bottom: pad, right: pad },
    dilation,
    groups: reader.int('groups', 1),
    // cbn: statistics over several batches during training, the same four numbers per filter afterwards.
    batchNormalised: reader.int('batch_normalize', 0) !== 0 || reader.int('cbn', 0) !== 0,
    activation: reader.activation('logistic'),
  });
}

function readMaxpool(reader: SectionReader, walk: Walk): Source {
  reader.refuse({ antialiasing: ['0'], maxpool_depth: ['0'] });
  reader.ignore(['out_channels']);
  const stride = reader.int('stride', 1);
  const size = reader.int('size', stride);
  return walk.planner.maxpool(reader.origin, before(reader, walk), {
    size,
    strideX: reader.int('stride_x', stride),
    strideY: reader.int('stride_y', stride),
    padding: reader.int('padding', size - 1),
  });
}

function readUpsample(reader: SectionReader, walk: Walk): Source {
  return walk.planner.upsample(reader.origin, before(reader, walk), reader.int('stride', 2), reader.float('scale', 1));
}

function readRoute(reader: SectionReader, walk: Walk, index: number): Source {
  reader.ignore(['stream']);
  const sources = referenced(reader, walk, index, 'layers');
  const slice = { parts: reader.int('groups', 1), part: reader.int('group_id', 0) };
  const [only] = sources;
  if (sources.length === 1 && slice.parts === 1 && slice.part === 0 && only !== undefined) return only;
  return walk.planner.concatenation(reader.origin, sources, slice);
}

function readShortcut(reader: SectionReader, walk: Walk, index: number): Source {
  reader.refuse({ weights_type: ['none'], alpha: ['1', '1.0', '1.'], beta: ['1', '1.0', '1.'] });
  reader.ignore(['weights_normalization', 'weights_normalizion']);
  const sources = [before(reader, walk), ...referenced(reader, walk, index, 'from')];
  return walk.planner.addition(reader.origin, sources, reader.activation('linear'));
}

function readScaleChannels(reader: SectionReader, walk: Walk, index: number): Source {
  reader.refuse({ scale_wh: ['0'] });
  const [map, ...more] = referenced(reader, walk, index, 'from');
  if (map === undefined || more.length > 0)
    throw new ImportError('bad-cfg', `${reader.origin}: from= must name one layer`);
  return walk.planner.scaling(reader.origin, map, before(reader, walk), reader.activation('linear'));
}

function readHead(reader: SectionReader, walk: Walk): undefined {
  const source = before(reader, walk);
  const head = readYolo(reader);
  const layer = walk.planner.plan().layers[source];
  if (head.box === 'square' && !(layer?.kind === 'convolution' && layer.activation === 'logistic')) {
    throw new ImportError(
      'unsupported',
      `${reader.origin}: new_coords=1 takes its values as they are, so the layer before must have activation=logistic`,
    );
  }
  walk.planner.head(reader.origin, source, head);
  return undefined;
}

/** The output of the layer above. */
function before(reader: SectionReader, walk: Walk): Source {
  return walk.outputs.length === 0 ? INPUT : mapOf(reader, walk, walk.outputs.length - 1);
}

/** The layers that `key` names: negative numbers count from this layer, others are absolute; [net] is not counted. */
function referenced(reader: SectionReader, walk: Walk, index: number, key: string): Source[] {
  const references = reader.ints(key);
  if (references === undefined) throw new ImportError('bad-cfg', `${reader.origin}: ${key}= is missing`);
  return references.map((reference) => {
    const target = reference < 0 ? index + reference : reference;
    if (target < 0 || target >= index) {
      throw new ImportError(
        'bad-cfg',
        `${reader.origin}: ${key}=${reference} is layer ${target}, but only layers 0 to ${index - 1} come before it`,
      );
    }
    return mapOf(reader, walk, target);
  });
}

function mapOf(reader: SectionReader, walk: Walk, target: number): Source {
  const source = walk.outputs[target];
  if (source === undefined)
    throw new ImportError(
      'unsupported',
      `${reader.origin}: reads layer ${target}, a [yolo] section, whose output is detections, not a map`,
    );
  return source;
}

/** [net] is full of training options; only one is about what the network sees. */
function netNotes(reader: SectionReader, isOfFork: boolean): string[] {
  const letterboxes = !reader.has('letter_box') && isOfFork;
  reader.remark('letter_box', ['1'], 'stretches films in darknet: give --fit stretch; the import default is letterbox');
  return [
    ...(letterboxes
      ? [
          "[net]: the cfg is for AlexeyAB's darknet and has no letter_box=1, so it was trained on stretched films: " +
            'give --fit stretch; the import default is letterbox',
        ]
      : []),
    ...reader.notes({ unknown: false }),
  ];
}
