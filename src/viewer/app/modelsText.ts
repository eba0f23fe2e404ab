import type { ModelFacts } from '../api/index.js';

/** Models with their licences, which may differ. The default model comes first. */
export function modelsText(models: readonly (ModelFacts & { readonly default?: boolean })[]): string {
  const [only] = models;
  if (models.length === 1 && only !== undefined) return `Model ${only.name} ${only.version}, licence ${only.licence}`;
  const inOrder = models.toSorted((a, b) => Number(b.default === true) - Number(a.default === true));
  const texts = inOrder.map(
    (model) => `${model.name} ${model.version} (${model.default === true ? 'default, ' : ''}${model.licence})`,
  );
  return `Models ${texts.join(', ')}`;
}
