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
  /**
   * The image that a label file belongs to: it has its name but for the ending. Of several, the one whose folders the label file
   * shares, as `labels/p1/front.txt` and `images/p1/front.png` do.
   */
  findOfLabelFile(path: string): KnownImage | undefined;
}

export function indexImages(images: readonly KnownImage[]): ImageIndex {
  const byPath = new Map(images.map((image) => [image.name, image]));
  const byName = groupBy(images, (image) => baseName(image.name));
  const byStem = groupBy(images, (image) => stemOf(image.name));
  return {
    images,
    find: (name) => byPath.get(name.replace(/^\.\//, '')) ?? onlyOne(byName.get(baseName(name))),
    findByStem: (stem) => byPath.get(stem) ?? onlyOne(byName.get(baseName(stem))) ?? onlyOne(byStem.get(baseName(stem))),
    findOfLabelFile: (path) => nearestByFolders(path, byName.get(stemOf(path)) ?? byStem.get(stemOf(path)) ?? []),
  };
}

/** The one that shares most folders with the path, counted from the file up; undefined where several do. */
function nearestByFolders(path: string, images: readonly KnownImage[]): KnownImage | undefined {
  const shared = images.map((image) => ({ image, folders: sharedFolders(path, image.name) }));
  const most = Math.max(...shared.map(({ folders }) => folders));
  return onlyOne(shared.filter(({ folders }) => folders === most))?.image;
}

function sharedFolders(a: string, b: string): number {
  const [own, other] = [a, b].map((path) => path.split(/[/\\]/).slice(0, -1).reverse());
  const differs = own?.findIndex((folder, i) => folder !== other?.[i]) ?? 0;
  return differs < 0 ? (own?.length ?? 0) : differs;
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
