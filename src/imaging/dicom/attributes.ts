import type { Element } from 'dicom-parser';

/** Elements by tag as dicom-parser has them, e.g. `x00280010`. */
export type Elements = Readonly<Record<string, Element>>;

/**
 * Values of a data set, by tag. Nothing that a file says of itself is believed: a value of another VR, of too many
 * characters or outside the file is a value that is not there.
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

  /** The bytes of a value; undefined where the file ends before it. */
  value(tag: string): Uint8Array | undefined {
    const element = this.element(tag);
    if (element === undefined || element.items !== undefined) return undefined;
    const end = element.dataOffset + element.length;
    return end <= this.bytes.length ? this.bytes.subarray(element.dataOffset, end) : undefined;
  }

  /** Values of a text that code or number is written in, one byte a character, without padding. */
  texts(tag: string): string[] {
    const value = this.value(tag);
    if (value === undefined || value.length === 0 || value.length > longestText) return [];
    return Buffer.from(value)
      .toString('latin1')
      .split('\\')
      .map((text) => text.replace(/^[ \0]+|[ \0]+$/g, ''));
  }

  /** The first of them; undefined where there is none, or it is empty. */
  text(tag: string): string | undefined {
    return this.texts(tag)[0] || undefined;
  }

  /** Decimal or integer strings (DS, IS); NaN for what is no number. */
  decimals(tag: string): number[] {
    return this.texts(tag).map((text) => (text === '' ? NaN : Number(text)));
  }

  /** 16-bit values (US, or SS where `signed`). */
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

/** Bytes of the values that are read as text: codes, numbers and identifiers. */
const longestText = 1024;
/** The largest look-up table. */
const mostShorts = 65536;
