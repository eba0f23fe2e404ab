import { readFile } from 'node:fs/promises';
import type { Test } from 'tap';
import type { ReportedBox } from '../src/report/index.js';

interface ExpectedBox {
  readonly score: number;
  readonly box: readonly number[];
}

/** What PyTorch said of a film (test/fixtures/pytorch_expected.py): [x0, y0, x1, y1] of every box from the floor on. */
export interface ExpectedFilm {
  readonly detections: readonly (ExpectedBox & { readonly twins?: readonly ExpectedBox[] })[];
}

export async function readExpected(path: string): Promise<Readonly<Record<string, ExpectedFilm>>> {
  return JSON.parse(await readFile(path, 'utf8')) as Record<string, ExpectedFilm>;
}

type Found = Pick<ReportedBox, 'score' | 'box'>;

/** JPEG decoders differ by a few grey levels. */
const tolerance = 0.02;

/** Holds films against what PyTorch said of them. */
export class Comparison {
  #boxes = 0;
  #twins = 0;

  /** @param floor score from which boxes are listed on both sides */
  constructor(
    readonly t: Test,
    readonly floor: number,
  ) {}

  film(name: string, detections: readonly Found[], expected: ExpectedFilm['detections']): void {
    const found = [...detections];
    for (const want of expected) {
      // A box whose score lies within the tolerance of the floor may be on either side of it.
      if (want.score < this.floor + tolerance && !found.some((have) => iou(have.box, want.box) >= 0.95)) continue;
      this.#boxes += 1;
      const near = (limit: number, { score, box }: ExpectedBox = want) =>
        found.findIndex((have) => Math.abs(have.score - score) <= tolerance && iou(have.box, box) >= limit);
      let at = [want, ...(want.twins ?? [])].map((each) => near(0.95, each)).find((each) => each >= 0) ?? -1;
      // Two boxes of the same score, of which NMS leaves one: rounding may choose the other, also where nobody listed
      // it.
      if (at < 0 && (at = near(0.7)) >= 0) this.#twins += 1;
      this.t.ok(at >= 0, `${name}: a box of score ${want.score}`);
      if (at >= 0) found.splice(at, 1);
    }
    this.t.strictSame(
      found.filter((box) => box.score >= this.floor + tolerance),
      [],
      `${name}: and no other`,
    );
  }

  end(): void {
    this.t.ok(this.#boxes > 0, 'there was something to compare');
    this.t.ok(this.#twins <= this.#boxes / 100, `${this.#twins} of ${this.#boxes} boxes are another's twin`);
  }
}

function iou(a: ReportedBox['box'], [x0, y0, x1, y1]: readonly number[]): number {
  const w = Math.min(a.x + a.width, x1!) - Math.max(a.x, x0!);
  const h = Math.min(a.y + a.height, y1!) - Math.max(a.y, y0!);
  return w <= 0 || h <= 0 ? 0 : (w * h) / (a.width * a.height + (x1! - x0!) * (y1! - y0!) - w * h);
}
