export { coco, type CocoFilm, type CocoOptions } from './coco.js';
export { csv, type IdentityColumns } from './csv.js';
export { vott } from './vott.js';
export type { WrittenBox, WrittenReport } from './writtenReport.js';
export { yoloLabels } from './yolo.js';
