/** A page of a list that goes on. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** The most that the service gives at once. */
const limit = 500;

/** The items of a list from its beginning, read page by page: all, or at least so many if there are more. */
export async function itemsOf<Item>(
  read: (query: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>,
  enough = Infinity,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let page = await read({ limit });
  items.push(...page.items);
  while (page.nextCursor !== null && items.length < enough) {
    page = await read({ limit, cursor: page.nextCursor });
    items.push(...page.items);
  }
  return items;
}
