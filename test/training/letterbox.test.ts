import { spawnSync } from 'node:child_process';
import t from 'tap';
import { fitToInput, type ModelSpec } from '../../src/detector/index.js';
import { tinySpec } from '../detector/fixture.js';
import { python, skip } from './pytorch.js';

/**
 * [width, height, input]: enlarged, shrunk (by whole numbers, by 2, by eighths), upright, lying, as large as the input;
 * 281 · (416 / 281) < 416.
 */
const cases = [
  [281, 234, 416],
  [299, 299, 320],
  [640, 640, 320],
  [832, 700, 416],
  [512, 400, 320],
  [333, 1000, 416],
  [1248, 1248, 416],
  [320, 300, 320],
] as const;

const letterboxes = `
import sys, json
sys.path.insert(0, 'training')
import numpy as np
from films import letterbox
for width, height, size in json.loads(sys.argv[1]):
    film = np.array([[(x * 37 + y * 91 + x * y) % 256 for x in range(width)] for y in range(height)], np.uint8)
    sys.stdout.buffer.write(letterbox(film, size)[0].tobytes())
`;

t.test('what a network is trained and validated on is, byte for byte, what the service shows it', { skip }, (t) => {
  const { status, stdout, stderr } = spawnSync(python, ['-c', letterboxes, JSON.stringify(cases)], { maxBuffer: 1e8 });
  t.equal(status, 0, stderr.toString());
  let at = 0;
  for (const [width, height, size] of cases) {
    const film = Uint8Array.from(
      { length: width * height },
      (_, i) => ((i % width) * 37 + Math.floor(i / width) * 91 + (i % width) * Math.floor(i / width)) % 256,
    );
    const levels = { width, height, planes: [film], table: Uint8Array.from({ length: 256 }, (_, v) => v) };
    const { pixels } = fitToInput(levels, fitted(size));
    t.ok(stdout.subarray(at, (at += size * size)).equals(pixels as Uint8Array), `${width} × ${height} to ${size}`);
  }
  t.equal(stdout.length, at);
  t.end();
});

function fitted(size: number): ModelSpec {
  const { input } = tinySpec();
  return tinySpec({
    input: { ...input, width: size, height: size },
    fit: { mode: 'letterbox', interpolation: 'area', arithmetic: 'uint8', fill: 0, unletterbox: 'exact' },
  });
}
