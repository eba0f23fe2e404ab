import { baseName, type FilmSize, stemOf } from './annotations.js';

/** An image that exists. It has no size if its header can't be read. */
export interface KnownImage {
  /** Path below the images folder, with `/`. */
  readonly name: string;
  readonly size?: FilmSize;
}

/** The images of a folder, as annotations name them. */
export interface ImageIndex {
  readonly images: readonly KnownImage[];
  /**
   * By its path below the folder; else by its file name, since annotations often hold another machine's paths. If
   * several images have that name, the one whose folders the path shares.
   */
  find(name: string): KnownImage | undefined;
  /** By file name without extension, if only one image has it. */
  findByStem(stem: string): KnownImage | undefined;
  /** If a name finds no image, or several: all that it may mean, i.e. those with its stem, in any folder. */
  namesakes(name: string): readonly KnownImage[];
  /**
   * The image that a label file belongs to: the same name but for the extension. Of several, the one that shares the
   * label file's folders, as `images/p1/front.png` does with `labels/p1/front.txt`.
   */
  findOfLabelFile(path: string): KnownImage | undefined;
}

export function indexImages(images: readonly KnownImage[]): ImageIndex {
  const byPath = new Map(images.map((image) => [image.name, image]));
  const byName = groupBy(images, (image) => composed(baseName(image.name)));
  const byStem = groupBy(images, (image) => composed(stemOf(image.name)));
  const ofName = (name: string) => byName.get(composed(name));
  const ofStem = (stem: string) => byStem.get(composed(stem));
  return {
    images,
    find: (name) => byPath.get(name.replace(/^\.\//, '')) ?? nearestByFolders(name, ofName(baseName(name)) ?? []),
    findByStem: (stem) => byPath.get(stem) ?? onlyOne(ofName(baseName(stem))) ?? onlyOne(ofStem(baseName(stem))),
    namesakes: (name) => [...new Set([baseName(name), stemOf(name)].flatMap((stem) => ofStem(stem) ?? []))],
    findOfLabelFile: (path) => nearestByFolders(path, ofName(stemOf(path)) ?? ofStem(stemOf(path)) ?? []),
  };
}

/** A Mac stores "é" as two characters, others as one: a person sees the same name. */
function composed(name: string): string {
  return name.normalize('NFC');
}

/** The one that shares most folders with the path, counted from the file up; undefined if several tie. */
function nearestByFolders(path: string, images: readonly KnownImage[]): KnownImage | undefined {
  const shared = images.map((image) => ({ image, folders: sharedFolders(path, image.name) }));
  const most = Math.max(...shared.map(({ folders }) => folders));
  return onlyOne(shared.filter(({ folders }) => folders === most))?.image;
}

function sharedFolders(a: string, b: string): number {
  const [own, other] = [a, b].map((path) => composed(path).split(/[/\\]/).slice(0, -1).reverse());
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
