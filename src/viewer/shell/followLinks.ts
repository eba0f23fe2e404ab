/** What a click says about how to open its link. */
type Click = Pick<MouseEvent, 'defaultPrevented' | 'button' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** What a link says about where it leads. */
export interface Link {
  readonly origin: string;
  readonly pathname: string;
  readonly search: string;
  readonly dataset: Readonly<DOMStringMap>;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
}

/**
 * The path that a clicked link leads to if this page can show it; undefined if the link is the browser's: another
 * site, a download, a place on the same page, or a click with a modifier key (another tab, another window).
 *
 * @param origin of this page
 */
export function pathWithinPage(link: Link, click: Click, origin: string): string | undefined {
  const { defaultPrevented, button, ctrlKey, metaKey, shiftKey, altKey } = click;
  if (defaultPrevented || button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return undefined;
  if (link.origin !== origin || link.hasAttribute('download') || 'outside' in link.dataset) return undefined;
  if (link.getAttribute('href')?.startsWith('#') === true) return undefined;
  return link.pathname + link.search;
}

/** Lets links within `host` change the page without loading it again, until the returned function is called. */
export function followLinks(host: HTMLElement, navigate: (path: string) => void): () => void {
  const follow = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const path = link === null ? undefined : pathWithinPage(link, event, location.origin);
    if (path === undefined) return;
    event.preventDefault();
    navigate(path);
  };
  host.addEventListener('click', follow);
  return () => {
    host.removeEventListener('click', follow);
  };
}
