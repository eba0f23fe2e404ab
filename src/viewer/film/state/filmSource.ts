import type { Api, References } from '../../api/index.js';
import type { ServedModels } from '../../app/servedModels.js';
import type { PixelReader } from '../pixels/reader.js';

/** What a film is read with. */
export interface FilmSource {
  readonly api: Pick<Api, 'detection' | 'film' | 'grey16'>;
  readonly models: Pick<ServedModels, 'find'>;
  readonly reader: PixelReader;
  /** Asks whose film it is; missing for users who may not know. */
  readonly references?: (id: string, signal: AbortSignal) => Promise<References>;
}
