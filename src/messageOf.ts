/** The message of whatever was caught. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
