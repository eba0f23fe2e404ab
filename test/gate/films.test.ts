import t from 'tap';
import { gates } from '../../src/gate/index.js';
import { measureGate } from './measure.js';

/** Films that may not be handed on, where they lie beside the project: the rates that docs/decisions/0004 promises. */
const dataDir = process.env['GATE_FILMS'];

for (const gate of gates) {
  t.test(
    `${gate.name} ${gate.version} keeps its rates on films that it never saw`,
    { skip: dataDir === undefined && 'GATE_FILMS names no folder', timeout: 240_000 },
    async (t) => {
      if (dataDir === undefined) return;
      for await (const { kind, expected, required, pictures, inverted, wrong } of measureGate(gate, dataDir, {
        changeOneIn: 5,
      })) {
        t.ok(pictures > 0, `${kind}: there are pictures`);
        const rate = 1 - wrong.length / pictures;
        // Of some kinds there are so few that one is more than the share that may be missed.
        t.ok(
          rate >= required || wrong.length <= 1,
          `${kind}: ${(100 * rate).toFixed(1)} % of ${pictures} (${wrong.slice(0, 8).join(', ')})`,
        );
        // What should pass as it is must not be turned round instead: its boxes would be those of another picture.
        if (expected === 'passes') t.ok(inverted <= 0.005 * pictures, `${kind}: ${inverted} turned round`);
      }
    },
  );
}
