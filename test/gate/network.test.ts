import t from 'tap';
import { side } from '../../src/gate/cells.js';
import { type FittedNetwork, readNetwork, score } from '../../src/gate/network.js';
import { seededRandom } from '../../src/random.js';

const channels = [3, 4, 5];
const parameterCount = 3 * 9 + 3 + 4 * 3 * 9 + 4 + 5 * 4 * 9 + 5 + 5 * 8 * 8 + 1;

/** The definition, one sum at a time: 3 × 3, stride 2, zeros around, ReLU; then a weighted sum and σ. */
function scoreByDefinition(parameters: Float32Array, thumbnail: Float32Array): number {
  let taken = 0;
  const take = (count: number) => parameters.subarray(taken, (taken += count));
  let [planes, from, size] = [thumbnail, 1, side];
  for (const to of channels) {
    const [weights, biases] = [take(to * from * 9), take(to)];
    const half = size / 2;
    const next = new Float32Array(to * half * half);
    next.forEach((_, i) => {
      const [o, y, x] = [Math.floor(i / half ** 2), Math.floor((i % half ** 2) / half), i % half];
      let sum = biases[o]!;
      for (let plane = 0; plane < from; plane++)
        for (let row = 0; row < 3; row++)
          for (let column = 0; column < 3; column++) {
            const [py, px] = [2 * y + row - 1, 2 * x + column - 1];
            const pixel = py < 0 || px < 0 ? 0 : planes[(plane * size + py) * size + px]!;
            sum += pixel * weights[((o * from + plane) * 3 + row) * 3 + column]!;
          }
      next[i] = Math.max(0, sum);
    });
    [planes, from, size] = [next, to, half];
  }
  const weights = take(planes.length);
  const logit = planes.reduce((sum, value, i) => sum + value * weights[i]!, take(1)[0]!);
  return 1 / (1 + Math.exp(-logit));
}

t.test('the network gives what its definition gives, for any weights and any picture', (t) => {
  const random = seededRandom(5);
  for (let round = 0; round < 6; round++) {
    const parameters = Float32Array.from({ length: parameterCount }, () => random() - 0.5);
    const thumbnail = Float32Array.from({ length: side * side }, random);
    const fitted: FittedNetwork = { channels, parameters: Buffer.from(parameters.buffer).toString('base64') };
    const found = score(readNetwork(fitted), thumbnail);
    const expected = scoreByDefinition(parameters, thumbnail);
    t.ok(Math.abs(found - expected) < 1e-6, `${found} beside ${expected}`);
    t.ok(found > 1e-6 && found < 1 - 1e-6, 'a score that tells something');
  }
  t.end();
});
