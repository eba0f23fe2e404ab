import type { AnnotationFormat } from '../format.js';
import { onlyFile } from '../format.js';
import { readCoco } from './readCoco.js';
import { writeDataset } from './writeCoco.js';

/**
 * COCO object detection (https://cocodataset.org/#format-data): images, annotations with `bbox` [x, y, width, height]
 * in pixel edges, categories. Images without annotations are films without boxes. An annotation with polygons but no
 * bbox becomes the box around them. Ids, areas, outlines and everything else are kept.
 */
export const coco: AnnotationFormat = {
  name: 'coco',
  title: 'COCO JSON',
  layout: 'file',
  endings: ['.json'],
  read: (files, context) => readCoco(onlyFile(files), context),
  write: writeDataset,
};
