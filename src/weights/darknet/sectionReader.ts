import { ImportError } from '../importError.js';
import { type Activation, activations } from '../network.js';
import type { Section } from './sections.js';

/**
 * Typed access to the options of one section. Numbers are read like darknet's atoi and atof, so a trailing comment is
 * not part of them; text that these would misread is refused.
 */
export class SectionReader {
  readonly #used = new Set<string>();
  readonly #remarks: string[] = [];

  readonly #section: Section;

  constructor(
    section: Section,
    /** The section's name in messages, e.g. `layer 12 [convolutional]`. */
    readonly origin: string,
  ) {
    this.#section = section;
  }

  has(key: string): boolean {
    return this.#section.options.has(key);
  }

  int(key: string, fallback: number): number {
    const text = this.#text(key);
    if (text === undefined) return fallback;
    const digits = /^([+-]?\d+)(?:\.0*)?(?:[#;].*)?$/.exec(text)?.[1];
    if (digits === undefined) throw this.#wrong(key, text, 'a whole number');
    return Number(digits);
  }

  float(key: string, fallback: number): number {
    const text = this.#text(key);
    return text === undefined ? fallback : this.#parseFloat(key, text.replace(/[#;].*$/, ''));
  }

  /** Comma-separated numbers; undefined if the key is missing. */
  floats(key: string): number[] | undefined {
    const list = this.#text(key)
      ?.replace(/[#;].*$/, '')
      .replace(/,$/, '');
    return list?.split(',').map((item) => this.#parseFloat(key, item));
  }

  ints(key: string): number[] | undefined {
    return this.floats(key)?.map((value) => {
      if (!Number.isInteger(value)) throw this.#wrong(key, String(value), 'whole numbers');
      return value;
    });
  }

  activation(fallback: Activation): Activation {
    const name = this.#text('activation') ?? fallback;
    const known = activations.find((activation) => activation === name);
    if (known === undefined) {
      throw new ImportError(
        'unsupported',
        `${this.origin}: activation=${name} is unknown; known are ${activations.join(', ')}`,
      );
    }
    return known;
  }

  /**
   * For options that change the arithmetic in a way the importer doesn't support: any value but the neutral ones
   * throws.
   */
  refuse(options: Readonly<Record<string, readonly string[]>>): void {
    for (const [key, neutral] of Object.entries(options)) {
      const text = this.#text(key);
      if (text !== undefined && !neutral.includes(text)) {
        throw new ImportError(
          'unsupported',
          `${this.origin}: ${key}=${text} changes what the network computes, and is not supported`,
        );
      }
    }
  }

  /** Options that have no meaning for a trained network. */
  ignore(keys: readonly string[]): void {
    for (const key of keys) this.#used.add(key);
  }

  /** For an option that the model doesn't use: any but the usual values gets a note. */
  remark(key: string, usual: readonly string[], words: string): void {
    const text = this.#text(key);
    if (text !== undefined && !usual.includes(text)) this.#remarks.push(`${this.origin}: ${key}=${text} ${words}`);
  }

  /** Options in the section that nothing asked for: darknet wouldn't read them either, but a person should know. */
  notes({ unknown } = { unknown: true }): string[] {
    const unused = !unknown ? [] : [...this.#section.options.keys()].filter((key) => !this.#used.has(key));
    return [
      ...this.#remarks,
      ...unused.map(
        (key) => `${this.origin}: unknown option ${key}=${this.#section.options.get(key) ?? ''} has no effect`,
      ),
      ...this.#section.unread.map(({ line, text }) => `cfg line ${line}: "${text}" is not an option and has no effect`),
    ];
  }

  #text(key: string): string | undefined {
    this.#used.add(key);
    const text = this.#section.options.get(key);
    const again = this.#section.repeated.get(key);
    if (text !== undefined && again !== undefined) {
      throw new ImportError(
        'bad-cfg',
        `${this.origin}: ${key} appears twice, as ${text} and as ${again}; darknet reads the first, ` +
          'OpenCV the last: remove one',
      );
    }
    return text;
  }

  #parseFloat(key: string, text: string): number {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw this.#wrong(key, text, 'a number');
    return Number(text);
  }

  #wrong(key: string, text: string, expected: string): ImportError {
    return new ImportError('bad-cfg', `${this.origin}: ${key}=${text} is not ${expected}`);
  }
}
