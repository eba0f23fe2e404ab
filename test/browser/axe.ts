import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds on a page as it stands, in words; nothing where nobody is shut out. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // Evaluated, not added as a script: the page's own policy allows no script but its own.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await source);
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { readonly axe: Axe }).axe.run({ resultTypes: ['violations'] });
    return violations.map(
      ({ id, impact, nodes }) => `${id} (${impact ?? ''}): ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
  });
  return found;
}

interface Axe {
  run(options: { readonly resultTypes: readonly ['violations'] }): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string | null;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }>;
}
