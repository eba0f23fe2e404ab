import type { Api, Model, ModelFacts, Site } from '../api/index.js';

/** The models of this service: the default one is known from the start, the others are asked for. */
export interface ServedModels {
  /** The newest that is known of them. */
  all(): Promise<readonly Model[]>;
  /** The model that made a report; undefined for one that is served no more. */
  find(which: Pick<ModelFacts, 'name' | 'version'>): Promise<ModelFacts | undefined>;
}

export function createServedModels(api: Pick<Api, 'models'>, site: Pick<Site, 'model'>): ServedModels {
  let asked: Promise<readonly Model[]> | undefined;
  const inVain = new Set<string>();

  function all(): Promise<readonly Model[]> {
    const asking = (asked ??= api.models());
    // What failed is asked for again by the next who wants it.
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
      if (known !== undefined || inVain.has(title)) return known;
      // The service may have been started with others since; once is enough to know.
      inVain.add(title);
      asked = undefined;
      return (await all()).find(isIt);
    },
  };
}
