import { wholeNotice } from '../../report/notice.js';
import { stateWords } from '../../report/stateWords.js';
import { boxLook, casing, strokedRect } from '../boxes/look.js';
import { layOutBoxes, type PrintedBox, unitOf } from '../print/printedBoxes.js';
import { paintedFilm, pngOf } from '../pane/paintedFilm.js';
import { boxesOf, type Reading, thresholdOf } from '../state/reading.js';
import { titlesOf } from '../state/titles.js';

/** Longest side of a picture, in px: a canvas size that every browser supports. */
const longestSide = 4096;

/** Height of the strip below the film, in units. */
const strip = 66;

/**
 * The film as windowed, with the boxes on show, and below it what a picture must say on its own: state, model, report
 * and notice. It doesn't say whose film it is, since pictures are passed on.
 *
 * @throws while there is no film or no report
 */
export async function pictureWithBoxes(reading: Reading): Promise<Blob> {
  const { film, state } = reading;
  const { size, picture, loaded } = film;
  if (size === undefined || picture === undefined || loaded === undefined)
    throw new Error('The film is still loading. Try again in a moment.');
  const painted = paintedFilm(picture, size, longestSide);
  const unit = unitOf(painted);
  const canvas = document.createElement('canvas');
  canvas.width = painted.width;
  canvas.height = painted.height + Math.ceil(strip * unit);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('This browser provides no canvas to draw the film on.');
  context.drawImage(painted, 0, 0);
  context.scale(unit, unit);
  const threshold = thresholdOf(film);
  if (threshold !== undefined)
    for (const box of layOutBoxes(boxesOf(film, state), size, threshold)) drawBox(context, box);
  drawWords(context, { width: painted.width / unit, top: painted.height / unit }, wordsOf(reading));
  return pngOf(canvas);
}

function wordsOf({ film }: Reading): readonly [string, string] {
  const loaded = film.loaded;
  if (loaded === undefined) return ['', wholeNotice];
  const { headline } = stateWords(loaded.verdict, titlesOf(film));
  const { model, id } = loaded.report;
  return [`${headline} · ${model.name} ${model.version} · report ${id}`, wholeNotice];
}

function drawBox(context: CanvasRenderingContext2D, { shown, rect, label, place }: PrintedBox): void {
  const look = boxLook(shown.status, 'none', false);
  const { x, y, width, height } = strokedRect(rect, look.width);
  context.setLineDash(look.dash === undefined ? [] : look.dash.split(' ').map(Number));
  for (const [colour, line] of [
    [casing.colour, look.width + 2 * casing.width],
    [look.core, look.width],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(x, y, width, height);
  }
  context.setLineDash([]);
  if (place === undefined) return;
  context.fillStyle = casing.colour;
  context.fillRect(place.x, place.y, place.width, place.height);
  context.fillStyle = look.core;
  context.font = '600 20px sans-serif';
  context.fillText(label, place.x + 6, place.y + 20, place.width - 8);
}

function drawWords(
  context: CanvasRenderingContext2D,
  { width, top }: { readonly width: number; readonly top: number },
  [first, second]: readonly [string, string],
): void {
  context.fillStyle = '#14181d';
  context.fillRect(0, top, width, strip);
  context.fillStyle = '#d5dae0';
  context.font = '600 20px sans-serif';
  context.fillText(first, 12, top + 27, width - 24);
  context.fillText(second, 12, top + 54, width - 24);
}
