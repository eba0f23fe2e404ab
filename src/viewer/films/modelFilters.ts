import type { Model } from '../api/index.js';
import type { FilmFilter } from '../app/filmFilter.js';
import type { ServedModels } from '../app/servedModels.js';
import { element } from '../dom/element.js';
import { choice } from '../ui/field.js';

type Choice = ReturnType<typeof choice>;

/** Choices of model and class. What is filtered by can be chosen before the models are known, and after one is gone. */
export function modelFilters(
  filter: Pick<FilmFilter, 'model' | 'class'>,
  models: Pick<ServedModels, 'all'>,
): { readonly model: Choice; readonly lesion: Choice } {
  const model = filtered('Model', filter.model);
  const lesion = filtered('Class', filter.class);
  lesion.row.hidden = filter.class === '';
  void models.all().then(
    (served) => {
      const titles = lesionTitles(served);
      append(model.select, new Map(served.map(({ name }) => [name, name])), filter.model);
      append(lesion.select, titles, filter.class);
      // With a single class, “findings” says it all.
      lesion.row.hidden &&= titles.size < 2;
    },
    () => undefined,
  );
  return { model, lesion };
}

/** Titles of the lesions that any served model looks for, by class name. */
export function lesionTitles(served: readonly Pick<Model, 'classes'>[]): ReadonlyMap<string, string> {
  return new Map(
    served.flatMap(({ classes }) =>
      classes.flatMap(({ name, title, role }) => (role === 'lesion' ? [[name, title] as const] : [])),
    ),
  );
}

function filtered(label: string, value: string): Choice {
  const made = choice(label, [['', 'all'], ...(value === '' ? [] : [[value, value] as const])]);
  made.select.value = value;
  return made;
}

function append(select: HTMLSelectElement, options: ReadonlyMap<string, string>, but: string): void {
  for (const [value, text] of options) if (value !== but) select.append(element('option', { value }, text));
}
