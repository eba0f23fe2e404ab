import { element } from '../../dom/element.js';

/** Gives a file to the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  const link = element('a', { href, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // The download has begun with the click; a browser that is slow to it has a minute.
  setTimeout(() => {
    URL.revokeObjectURL(href);
  }, 60_000);
}
