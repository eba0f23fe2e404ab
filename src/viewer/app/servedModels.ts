import type { Api, Model, ModelFacts, Site } from '../api/index.js';

/** The models of this service: the default is known from the start, the others are fetched. */
export interface ServedModels {
  /** All models, as last fetched. */
  all(): Promise<readonly Model[]>;
  /** The model that made a report; undefined if it is no longer served. */
  find(which: Pick<ModelFacts, 'name' | 'version'>): Promise<ModelFacts | undefined>;
}

export function createServedModels(api: Pick<Api, 'models'>, site: Pick<Site, 'model'>): ServedModels {
  let asked: Promise<readonly Model[]> | undefined;
  const unknown = new Set<string>();

  function all(): Promise<readonly Model[]> {
    const asking = (asked ??= api.models());
    // After a failure, the next caller fetches again.
    asking.catch(() => {
      if (asked === asking) asked = undefined;
    });
    return asking;
  }

  return {
    all,
    async find(which) {
      const isIt = ({ name, version }: ModelFacts): boolean => name === which.name && version === which.version;
      if (isIt(site.model)) return site.model;
      const known = (await all()).find(isIt);
      const title = `${which.name} ${which.version}`;
      if (known !== undefined || unknown.has(title)) return known;
      // The service may have been restarted with other models; checking once is enough.
      unknown.add(title);
      asked = undefined;
      return (await all()).find(isIt);
    },
  };
}
