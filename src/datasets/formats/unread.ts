import { firstColumns } from '../text/csvTable.js';
import type { TextFile } from './format.js';

/** Formats that users have but that are not read, and what to do with them. */
interface Unread {
  /** "an Open Images CSV" */
  readonly is: string;
  readonly instead: string;
  /** All of these columns, in lower case. */
  readonly columns?: readonly string[];
  /** All of these in the text of a JSON file. */
  readonly keys?: readonly RegExp[];
}

const noBoxes = 'it says what is on a film, not where';

const unread: readonly Unread[] = [
  {
    is: 'the study-level CSV of the SIIM-FISABIO-RSNA challenge',
    instead: `${noBoxes}: give train_image_level.csv`,
    columns: ['id', 'negative for pneumonia', 'typical appearance'],
  },
  {
    is: "NIH ChestX-ray14's Data_Entry CSV",
    instead: `${noBoxes}: give BBox_List_2017.csv`,
    columns: ['image index', 'finding labels', 'patient id'],
  },
  {
    is: 'the class table of the RSNA challenge',
    instead: `${noBoxes}: give stage_2_train_labels.csv`,
    columns: ['patientid', 'class'],
  },
  { is: 'a CheXpert CSV', instead: `${noBoxes}, and cannot be used here`, columns: ['path', 'frontal/lateral'] },
  { is: 'a PadChest CSV', instead: `${noBoxes}, and cannot be used here`, columns: ['imageid', 'labelslocalizations'] },
  {
    is: "VIA's CSV export",
    instead: 'in VIA, export the annotations as JSON',
    columns: ['filename', 'region_shape_attributes', 'region_attributes'],
  },
  {
    is: "Label Studio's CSV export",
    instead: 'in Label Studio, export the project as JSON',
    columns: ['annotation_id', 'annotator'],
  },
  {
    is: 'an Open Images CSV',
    instead: 'its boxes are shares of the film: multiply by its size and write image, xmin, ymin, xmax, ymax, label',
    columns: ['imageid', 'labelname', 'xmin', 'xmax'],
  },
  {
    is: 'a list of COCO results',
    instead: 'it names no images: give the file with images, annotations and categories',
    keys: [/^\s*\[/, /"image_id"\s*:/, /"category_id"\s*:/],
  },
  {
    is: 'a Supervisely annotation',
    instead: 'in Supervisely, export the project as COCO or Pascal VOC',
    keys: [/"objects"\s*:/, /"classTitle"\s*:/],
  },
  {
    is: 'a Datumaro annotation file',
    instead: 'convert it with datumaro to COCO, or in CVAT export "CVAT for images 1.1"',
    keys: [/"items"\s*:/, /"categories"\s*:/, /"annotations"\s*:/],
  },
  {
    is: 'a V7 Darwin annotation file',
    instead: 'in V7, export the annotations as COCO',
    keys: [/"item"\s*:/, /"annotations"\s*:/, /"bounding_box"\s*:/],
  },
  {
    is: 'a Labelbox export',
    instead: "convert it to COCO with Labelbox's own converter",
    keys: [/"data_row"\s*:/, /"projects"\s*:/],
  },
];

/**
 * What a file is and what to do, if its format is known but not read; undefined otherwise.
 *
 * @example
 * unreadFormat({ name: 'a.csv', text: 'ImageID,LabelName,XMin,XMax,YMin,YMax\n' });
 * // 'an Open Images CSV, which is not read: its boxes are shares …'
 */
export function unreadFormat({ text }: TextFile): string | undefined {
  const start = text.slice(0, 4096).trimStart();
  const isJson = /^[[{]/.test(start);
  const columns = isJson ? [] : firstColumns(start);
  const found = unread.find(({ columns: wanted, keys }) =>
    isJson
      ? keys?.every((key) => key.test(text)) === true
      : wanted?.every((column) => columns.includes(column)) === true,
  );
  return found === undefined ? undefined : `${found.is}, which is not read: ${found.instead}`;
}
