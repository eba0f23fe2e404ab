import type { Appearance, ClassedBox } from '../../evaluation/index.js';

/** Films with what readers drew on them: one folder of images, one file of boxes. */
export interface AnnotatedSet {
  readonly name: string;
  readonly films: readonly EvaluationFilm[];
}

export interface EvaluationFilm {
  /** Below the folder of images, as the files name it. */
  readonly image: string;
  readonly path: string;
  readonly source: string;
  /** As the source names it; undefined where it is not known: then the film stands for a patient of its own. */
  readonly patient: string | undefined;
  readonly appearance: Appearance | null;
  readonly truths: readonly ClassedBox[];
}
