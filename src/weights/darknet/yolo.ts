import { ImportError } from '../importError.js';
import type { Head } from '../network.js';
import type { SectionReader } from './sectionReader.js';

type YoloHead = Pick<Head, 'anchors' | 'classes' | 'scaleXY' | 'box'>;

/**
 * Options of a [yolo] section (darknet, src/yolo_layer.c): `anchors` lists `num` pairs in pixels of the network input,
 * `mask` picks those of this head.
 */
export function readYolo(reader: SectionReader): YoloHead {
  reader.refuse({ yolo_point: ['center'] });
  reader.ignore(trainingOptions);
  reader.remark('nms_kind', ['greedynms', 'default'], 'has no effect: the model uses greedy NMS');
  // Settings of darknet's own NMS and tracker; ours are in the ModelSpec.
  reader.ignore([
    'beta_nms',
    'track_history_size',
    'sim_thresh',
    'dets_for_track',
    'dets_for_show',
    'track_ciou_norm',
    'embedding_layer',
  ]);
  const newCoords = reader.int('new_coords', 0) !== 0;
  return {
    anchors: readAnchors(reader),
    classes: reader.int('classes', 20),
    scaleXY: reader.float('scale_x_y', 1),
    box: newCoords ? 'square' : 'exp',
  };
}

function readAnchors(reader: SectionReader): [number, number][] {
  const values = reader.floats('anchors');
  if (values === undefined) throw new ImportError('bad-cfg', `${reader.origin}: anchors= is missing`);
  if (values.length % 2 !== 0)
    throw new ImportError(
      'bad-cfg',
      `${reader.origin}: anchors= holds ${values.length} numbers, but an anchor has two`,
    );
  const all: [number, number][] = [];
  for (let i = 0; i < values.length; i += 2) all.push([values[i] ?? 0, values[i + 1] ?? 0]);
  const bad = all.find(([width, height]) => !(width > 0 && height > 0));
  if (bad !== undefined) throw new ImportError('bad-cfg', `${reader.origin}: the anchor ${bad.join(',')} has no area`);
  const mask = reader.ints('mask') ?? Array.from({ length: reader.int('num', 1) }, (_, i) => i);
  reader.ignore(['num']);
  return mask.map((index) => {
    const anchor = all[index];
    if (anchor === undefined)
      throw new ImportError(
        'bad-cfg',
        `${reader.origin}: mask=${mask.join(',')} asks for anchor ${index}, anchors= holds ${all.length}`,
      );
    return anchor;
  });
}

const trainingOptions = [
  'jitter',
  'resize',
  'ignore_thresh',
  'truth_thresh',
  'random',
  'iou_thresh',
  'cls_normalizer',
  'iou_normalizer',
  'obj_normalizer',
  'delta_normalizer',
  'iou_loss',
  'iou_thresh_kind',
  'label_smooth_eps',
  'focal_loss',
  'max_delta',
  'max',
  'counters_per_class',
  'objectness_smooth',
  'show_details',
  'map',
  'uc_normalizer',
  'multipliers',
  'cls_smooth',
];
