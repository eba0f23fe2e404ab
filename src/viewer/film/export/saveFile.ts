import { element } from '../../dom/element.js';

/** Gives a file to the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  const link = element('a', { href, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // The click starts the download; a slow browser gets a minute.
  setTimeout(() => {
    URL.revokeObjectURL(href);
  }, 60_000);
}
