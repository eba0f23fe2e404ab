import type { JsonObject } from './text/json.js';
import type { XmlElement } from './text/xml.js';

/**
 * What one format holds and the others don't. It is carried along untouched, so a file read and written in its own
 * format loses nothing; writers of other formats ignore it. Objects hold the fields that have no place in
 * AnnotationSet, under their own names.
 */
export interface SetExtras {
  /** The export without its assets. */
  readonly vott?: JsonObject;
  /** The file without images and annotations; its categories keep their ids. */
  readonly coco?: { readonly rest: JsonObject; readonly categories: readonly JsonObject[] };
  /** The project's other fields; no `project` if the file is a plain export of annotations. */
  readonly via?: { readonly project?: JsonObject };
  /** Names of the columns beyond the six, in their order. */
  readonly csv?: { readonly columns: readonly string[] };
}

export interface FilmExtras {
  /** The name as VoTT wrote it (percent-encoded), if it differs from the image's; its asset. */
  readonly vott?: {
    readonly name?: string;
    readonly id?: string;
    readonly asset?: JsonObject;
    readonly rest?: JsonObject;
  };
  readonly coco?: { readonly image: JsonObject };
  readonly via?: { readonly key: string; readonly rest: JsonObject };
  /**
   * Attributes of `annotation` (labelImg: verified), its children except filename, size and objects, and those of
   * `size` except width and height.
   */
  readonly voc?: {
    readonly attributes?: Readonly<Record<string, string>>;
    readonly elements: readonly XmlElement[];
    readonly size: readonly XmlElement[];
  };
  readonly rsna?: { readonly patientId: string };
  /** Cells of the columns beyond the six, for a film without boxes. */
  readonly csv?: { readonly cells: readonly string[] };
}

export interface BoxExtras {
  /** Boxes of one region share this very object: VoTT gives a region several tags. `points` may be a polygon's. */
  readonly vott?: { readonly region: JsonObject };
  readonly coco?: { readonly annotation: JsonObject };
  readonly via?: {
    readonly labelAttribute: string;
    readonly checkbox: boolean;
    readonly attributes: JsonObject;
    readonly shape: JsonObject;
  };
  /** Children of `object` except name and bndbox: pose, truncated, difficult … */
  readonly voc?: { readonly elements: readonly XmlElement[] };
  /** Centre and size as shares of the film, as the file has them. */
  readonly yolo?: { readonly shares: readonly [number, number, number, number] };
  /** Cells of the columns beyond the six. */
  readonly csv?: { readonly cells: readonly string[] };
}
