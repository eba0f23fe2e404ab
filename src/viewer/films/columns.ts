import type { ListItem, Model } from '../api/index.js';
import type { FilmColumn } from './filmRow.js';

/** The titles of the list's columns. */
export const columnTitles: Readonly<Record<FilmColumn, string>> = {
  film: 'Film',
  name: 'Name',
  patient: 'Patient',
  study: 'Study date',
  sent: 'Sent',
  state: 'State',
  score: 'Score',
  boxes: 'Boxes',
  class: 'Class',
  model: 'Model',
  by: 'Sent by',
  act: 'Actions',
};

/**
 * Operators never see whose film it is, and with a single class “findings” says it all.
 *
 * @param served undefined until the models are known
 */
export function columnsFor(operator: boolean, served: readonly Model[] | undefined): readonly FilmColumn[] {
  const severalClasses = served?.some((model) => lesionsOf(model).length > 1) === true;
  return [
    'film',
    'name',
    ...(operator ? [] : (['patient', 'study'] as const)),
    'sent',
    'state',
    'score',
    'boxes',
    ...(severalClasses ? (['class'] as const) : []),
    'model',
    'by',
    ...(operator ? (['act'] as const) : []),
  ];
}

/** The classes of a film's reported boxes, by their titles. */
export function classesOf(item: ListItem, served: readonly Model[] | undefined): string {
  if (item.state === 'not-analysed') return '–';
  const model = served?.find(({ name, version }) => name === item.model.name && version === item.model.version);
  const titles = new Map(model?.classes.map(({ name, title }) => [name, title]));
  const found = [...new Set(item.detections.map((box) => titles.get(box.class) ?? box.class))];
  return found.length === 0 ? '–' : found.join(', ');
}

function lesionsOf({ classes }: Model): readonly unknown[] {
  return classes.filter(({ role }) => role === 'lesion');
}
