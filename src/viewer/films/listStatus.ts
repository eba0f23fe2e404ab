import { ApiFault, type Role } from '../api/index.js';
import { faultText } from '../ui/form.js';

/** What the list holds, above it. */
export function listStatus(
  count: number,
  { hasOlder, narrowed, role }: { readonly hasOlder: boolean; readonly narrowed: boolean; readonly role: Role },
): string {
  if (count > 0) return hasOlder ? `The newest ${count} films` : `${count} ${count === 1 ? 'film' : 'films'}`;
  if (narrowed) return 'No film fits. References must match exactly.';
  const none = 'No film has been sent yet.';
  return role === 'operator' ? none : `${none} Drop one anywhere on this page.`;
}

/** Why there is no new list. */
export function listFault(error: unknown): string {
  return error instanceof ApiFault && error.code === 'bad-parameter'
    ? `Can't search for this: ${error.message}`
    : faultText(error);
}
