import type { ModelFacts } from '../api/index.js';

type Served = ModelFacts & { readonly default?: boolean };

/** Models with their licences, which may differ. The default model comes first. */
export function modelsText(models: readonly Served[]): string {
  const [only] = models;
  if (models.length === 1 && only !== undefined) return `Model ${only.name} ${only.version}, licence ${only.licence}`;
  const texts = defaultFirst(models).map(
    (model) => `${model.name} ${model.version} (${model.default === true ? 'default, ' : ''}${model.licence})`,
  );
  return `Models ${texts.join(', ')}`;
}

/** What a model looks for and how it describes it: what a reader chooses a model by. */
export function findsText({ classes }: Pick<ModelFacts, 'classes'>): string {
  const titles = (role: 'lesion' | 'attribute'): string =>
    classes
      .filter((one) => one.role === role)
      .map(({ title }) => title)
      .join(', ');
  const attributes = titles('attribute');
  return attributes === '' ? titles('lesion') : `${titles('lesion')} with ${attributes.toLowerCase()}`;
}

export function defaultFirst<T extends Served>(models: readonly T[]): readonly T[] {
  return models.toSorted((a, b) => Number(b.default === true) - Number(a.default === true));
}
