import type { Element } from 'dicom-parser';

/** Elements by tag as dicom-parser has them, e.g. `x00280010`. */
export type Elements = Readonly<Record<string, Element>>;

/**
 * Values of a data set, by tag. The file is not trusted: a value with another VR, with too many characters or outside
 * the file counts as missing.
 */
export class Attributes {
  readonly #elements: Elements;

  constructor(
    elements: Elements,
    readonly bytes: Uint8Array,
    readonly bigEndian: boolean,
  ) {
    this.#elements = elements;
  }

  element(tag: string): Element | undefined {
    return Object.hasOwn(this.#elements, tag) ? this.#elements[tag] : undefined;
  }

  /** The bytes of a value; undefined if the file ends before it. */
  value(tag: string): Uint8Array | undefined {
    const element = this.element(tag);
    if (element === undefined || element.items !== undefined) return undefined;
    const end = element.dataOffset + element.length;
    return end <= this.bytes.length ? this.bytes.subarray(element.dataOffset, end) : undefined;
  }

  /** Values of a text that holds codes or numbers, one byte per character, without padding. */
  texts(tag: string): string[] {
    const value = this.value(tag);
    if (value === undefined || value.length === 0 || value.length > longestText) return [];
    return Buffer.from(value)
      .toString('latin1')
      .split('\\')
      .map((text) => text.replace(/^[ \0]+|[ \0]+$/g, ''));
  }

  /** The first of them; undefined if there is none, or it is empty. */
  text(tag: string): string | undefined {
    return this.texts(tag)[0] || undefined;
  }

  /** Decimal or integer strings (DS, IS); NaN for anything else. */
  decimals(tag: string): number[] {
    return this.texts(tag).map((text) => (text === '' ? NaN : Number(text)));
  }

  /** 16-bit values (US, or SS if `signed`). */
  shorts(tag: string, signed = false): number[] {
    const value = this.value(tag);
    if (value === undefined) return [];
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    return Array.from({ length: Math.min(value.length >> 1, mostShorts) }, (_, i) =>
      signed ? view.getInt16(2 * i, !this.bigEndian) : view.getUint16(2 * i, !this.bigEndian),
    );
  }

  /** Items of a sequence. */
  items(tag: string): Attributes[] {
    const { items = [] } = this.element(tag) ?? {};
    return items.flatMap(({ dataSet }) =>
      dataSet === undefined ? [] : new Attributes(dataSet.elements, this.bytes, this.bigEndian),
    );
  }
}

/** Most bytes of a value that is read as text: codes, numbers and identifiers. */
const longestText = 1024;
/** The largest look-up table. */
const mostShorts = 65536;
