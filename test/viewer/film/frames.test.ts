import t from 'tap';
import { createFrames } from '../../../src/viewer/film/pane/frames.js';

/** A browser's frames, one at a time. */
function framesByHand(): { next(): void } {
  let asked: FrameRequestCallback[] = [];
  t.intercept(globalThis, 'requestAnimationFrame', { value: (then: FrameRequestCallback) => asked.push(then) });
  t.intercept(globalThis, 'cancelAnimationFrame', { value: () => (asked = []) });
  return {
    next() {
      const now = asked;
      asked = [];
      for (const draw of now) draw(0);
    },
  };
}

t.test('a step and a change within one frame leave the film sharp', (t) => {
  const screen = framesByHand();
  const drawn: boolean[] = [];
  const frames = createFrames((moving) => drawn.push(moving));
  frames.redraw(true);
  frames.redraw();
  screen.next();
  t.strictSame(drawn, [false], 'nothing would sharpen it later');
  frames.redraw(true);
  screen.next();
  t.strictSame(drawn, [false, true], 'a movement alone may be coarser');
  frames.close();
  t.end();
});
