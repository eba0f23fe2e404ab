import type { OnnxAttribute, OnnxNode } from './readOnnx.js';
import { UnsupportedOnnx } from './unsupportedOnnx.js';

/** Reads the attributes of a node and remembers which, so that none is overlooked. */
export class NodeReader {
  readonly #asked = new Set<string>();

  readonly #node: OnnxNode;

  constructor(node: OnnxNode) {
    this.#node = node;
  }

  /** Refuses a node with fewer or more inputs: they would mean other arithmetic. */
  inputs(least: number, most = least): void {
    const { length } = this.#node.inputs;
    if (length < least || length > most) throw this.unsupported(`${length} inputs`);
  }

  /** For attributes that only repeat what the inputs say. */
  ignore(name: string): void {
    this.#asked.add(name);
  }

  /** `fallback`: what its absence means; without one it must be there. */
  number(name: string, fallback?: number): number {
    const value = this.#attribute(name) ?? fallback;
    if (typeof value !== 'number') throw this.unsupported(described(name, value));
    return value;
  }

  numbers<Numbers extends readonly number[]>(
    name: string,
    isThese: (values: readonly number[]) => values is Numbers,
    fallback?: Numbers,
  ): Numbers {
    const value = this.#attribute(name) ?? fallback;
    if (typeof value !== 'object' || !isThese(value)) throw this.unsupported(described(name, value));
    return value;
  }

  /** Refuses every other value of an attribute. `fallback`: what its absence means. */
  only(name: string, wanted: OnnxAttribute, fallback: OnnxAttribute = wanted): void {
    const value = this.#attribute(name) ?? fallback;
    if (String(value) !== String(wanted)) throw this.unsupported(described(name, value));
  }

  /** To be called last. */
  refuseOthers(): void {
    const other = [...this.#node.attributes.keys()].find((name) => !this.#asked.has(name));
    if (other !== undefined) throw this.unsupported(`the attribute ${other}`);
  }

  unsupported(what: string): UnsupportedOnnx {
    return new UnsupportedOnnx(`holds ${this.#node.operator} with ${what} (${this.#node.output})`);
  }

  #attribute(name: string): OnnxAttribute | undefined {
    this.#asked.add(name);
    return this.#node.attributes.get(name);
  }
}

function described(name: string, value: OnnxAttribute | undefined): string {
  return value === undefined ? `no attribute ${name}` : `the attribute ${name}=${String(value)}`;
}
