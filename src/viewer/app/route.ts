/** What an address of the page shows. */
export type Route =
  | { readonly page: 'films'; readonly query: string }
  | { readonly page: 'film'; readonly id: string }
  | { readonly page: 'account' }
  | { readonly page: 'operators'; readonly tab: OperatorTab }
  | { readonly page: 'sign-in'; readonly next: string }
  | { readonly page: 'sign-up' }
  | { readonly page: 'nowhere'; readonly path: string };

const operatorTabs = ['statistics', 'live', 'users', 'tokens', 'site'] as const;
export type OperatorTab = (typeof operatorTabs)[number];

/** @param path with its query, e.g. `/films?state=findings` */
export function routeOf(path: string): Route {
  const { pathname, search, searchParams } = new URL(path, 'http://page');
  const parts = pathname.split('/').filter((part) => part !== '');
  const [first, second, ...more] = parts;
  if (more.length > 0) return { page: 'nowhere', path: pathname };
  switch (first) {
    case undefined:
      return { page: 'films', query: search };
    case 'films':
      return second === undefined ? { page: 'films', query: search } : { page: 'film', id: decoded(second) };
    case 'account':
    case 'sign-up':
      return second === undefined ? { page: first } : { page: 'nowhere', path: pathname };
    case 'sign-in':
      return second === undefined
        ? { page: 'sign-in', next: pathInside(searchParams.get('next')) }
        : { page: 'nowhere', path: pathname };
    case 'operators': {
      const tab = operatorTabs.find((known) => known === (second ?? 'statistics'));
      return tab === undefined ? { page: 'nowhere', path: pathname } : { page: 'operators', tab };
    }
    default:
      return { page: 'nowhere', path: pathname };
  }
}

/** Where to go after signing in: a path of this page and never another site (`//elsewhere`, `\\elsewhere`). */
export function pathInside(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) && !/[\u0000-\u001f]/.test(next) ? next : '/films';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
