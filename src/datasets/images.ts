import { baseName, type FilmSize, stemOf } from './annotations.js';

/** An image that is there. Without a size where its header could not be read. */
export interface KnownImage {
  /** Path below the images folder, with `/`. */
  readonly name: string;
  readonly size?: FilmSize;
}

/** The images of a folder, as annotations name them. */
export interface ImageIndex {
  readonly images: readonly KnownImage[];
  /** By its path below the folder; else by its file name, where only one image has it: annotations often hold paths of another machine. */
  find(name: string): KnownImage | undefined;
  /** By file name without ending, where only one image has it. */
  findByStem(stem: string): KnownImage | undefined;
}

export function indexImages(images: readonly KnownImage[]): ImageIndex {
  const byPath = new Map(images.map((image) => [image.name, image]));
  const byName = groupBy(images, (image) => baseName(image.name));
  const byStem = groupBy(images, (image) => stemOf(image.name));
  return {
    images,
    find: (name) => byPath.get(name.replace(/^\.\//, '')) ?? onlyOne(byName.get(baseName(name))),
    findByStem: (stem) => byPath.get(stem) ?? onlyOne(byName.get(baseName(stem))) ?? onlyOne(byStem.get(baseName(stem))),
  };
}

function onlyOne<T>(found: readonly T[] | undefined): T | undefined {
  return found?.length === 1 ? found[0] : undefined;
}

export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
