import { escapeXml } from './escapeXml.js';

/**
 * A table with one header row. Cells are text, not markup.
 *
 * @example
 * htmlTable(['films'], [[3]]); // '<table><tr><th>films</th></tr><tr><td>3</td></tr></table>'
 */
export function htmlTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const row = (cells: readonly (string | number)[], name: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${name}>${escapeXml(String(cell))}</${name}>`).join('')}</tr>`;
  return `<table>${row(header, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}
