import { escapeXml } from './escapeXml.js';

/** Numbers are written with at most two decimals; undefined leaves the attribute out. */
type Attributes = Readonly<Record<string, string | number | undefined>>;

/**
 * An SVG element around markup. For HTML only if there is content: an empty element closes itself.
 *
 * @example
 * tag('rect', { x: 1 / 3, fill: 'none' }); // '<rect x="0.33" fill="none"/>'
 */
export function tag(name: string, attributes: Attributes = {}, markup = ''): string {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${typeof value === 'number' ? rounded(value) : escapeXml(value)}"`,
  );
  const open = `<${name}${written.join('')}`;
  return markup === '' ? `${open}/>` : `${open}>${markup}</${name}>`;
}

/** A `<text>` element. */
export function label(words: string | number, attributes: Attributes): string {
  return tag('text', attributes, escapeXml(String(words)));
}

/** Two decimals: a hundredth of a drawing unit. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
