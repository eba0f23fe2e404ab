import type { OnnxAttribute, OnnxNode } from '../readOnnx.js';
import { UnsupportedOnnx } from '../unsupportedOnnx.js';

/** Reads the attributes of a node; remembers which were asked for, so that none is passed over. */
export class NodeReader {
  private readonly asked = new Set<string>();

  constructor(private readonly node: OnnxNode) {}

  /** Refuses a node with fewer or more inputs, where some mean other arithmetic. */
  inputs(least: number, most = least): void {
    const { length } = this.node.inputs;
    if (length < least || length > most) throw this.unsupported(`${length} inputs`);
  }

  /** What says nothing that the inputs do not say. */
  ignore(name: string): void {
    this.asked.add(name);
  }

  /** `fallback`: what its absence means; without one it must be there. */
  number(name: string, fallback?: number): number {
    const value = this.attribute(name) ?? fallback;
    if (typeof value !== 'number') throw this.unsupported(described(name, value));
    return value;
  }

  numbers<Numbers extends readonly number[]>(
    name: string,
    isThese: (values: readonly number[]) => values is Numbers,
    fallback?: Numbers,
  ): Numbers {
    const value = this.attribute(name) ?? fallback;
    if (typeof value !== 'object' || !isThese(value)) throw this.unsupported(described(name, value));
    return value;
  }

  /** An attribute of which only this value is known. `fallback`: what its absence means. */
  only(name: string, wanted: OnnxAttribute, fallback: OnnxAttribute = wanted): void {
    const value = this.attribute(name) ?? fallback;
    if (String(value) !== String(wanted)) throw this.unsupported(described(name, value));
  }

  /** To be called last. */
  refuseOthers(): void {
    const other = [...this.node.attributes.keys()].find((name) => !this.asked.has(name));
    if (other !== undefined) throw this.unsupported(`the attribute ${other}`);
  }

  unsupported(what: string): UnsupportedOnnx {
    return new UnsupportedOnnx(`holds ${this.node.operator} with ${what} (${this.node.output})`);
  }

  private attribute(name: string): OnnxAttribute | undefined {
    this.asked.add(name);
    return this.node.attributes.get(name);
  }
}

function described(name: string, value: OnnxAttribute | undefined): string {
  return value === undefined ? `no attribute ${name}` : `the attribute ${name}=${String(value)}`;
}
