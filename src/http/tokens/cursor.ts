import type { ListedToken } from '../../auth/index.js';
import { cursorAt, positionOf } from '../cursor.js';

/** A token of a list, newest first; its time alone would not do, since several are made in a second. */
type Place = Pick<ListedToken, 'createdAt' | 'jti'>;

/** Whose tokens are listed; everyone's if it names nobody. */
interface Whose {
  readonly owner?: string;
}

export function cursorAfter({ createdAt, jti }: Place, { owner }: Whose): string {
  return cursorAt(Buffer.from(`${createdAt.toISOString()} ${jti}`), ['tokens', owner ?? null]);
}

/** The token after which the next page begins. Throws `bad-cursor`. */
export function tokenOfCursor(cursor: string, { owner }: Whose): Place {
  const [createdAt = '', jti = ''] = positionOf(cursor, ['tokens', owner ?? null])
    .toString()
    .split(' ');
  return { createdAt: new Date(createdAt), jti };
}
