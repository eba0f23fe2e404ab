/** When a pane is drawn: at most once a frame, and sharp once the film rests. */
export interface Frames {
  redraw(moving?: boolean): void;
  /** Draws immediately: a resized canvas is empty until it is painted. */
  drawNow(): void;
  close(): void;
}

/** Pause after the last step of a movement before the film is painted at full resolution. */
const restMs = 120;

/** @param draw `moving`: more frames follow at once, so this one may be coarser */
export function createFrames(draw: (moving: boolean) => void): Frames {
  let asked = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;
  /** The last request before a frame counts: otherwise nothing would sharpen the film afterwards. */
  let coarse = false;

  function redraw(moving = false): void {
    clearTimeout(rest);
    coarse = moving;
    if (moving)
      rest = setTimeout(() => {
        redraw();
      }, restMs);
    if (asked !== 0) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      draw(coarse);
    });
  }
  function forget(): void {
    cancelAnimationFrame(asked);
    asked = 0;
  }

  return {
    redraw,
    drawNow() {
      forget();
      draw(false);
    },
    close() {
      clearTimeout(rest);
      forget();
    },
  };
}
