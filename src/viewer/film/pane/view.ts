/** Where a film lies in its pane: screen = film · scale + (x, y), in CSS px of the pane; scale = CSS px per film px. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The whole film in the middle of the pane, as large as it fits. */
export function fitted(film: Size, pane: Size): View {
  const scale = fitScale(film, pane);
  return { scale, x: (pane.width - film.width * scale) / 2, y: (pane.height - film.height * scale) / 2 };
}

export function toScreen(view: View, film: Point): Point {
  return { x: film.x * view.scale + view.x, y: film.y * view.scale + view.y };
}

export function toFilm(view: View, screen: Point): Point {
  return { x: (screen.x - view.x) / view.scale, y: (screen.y - view.y) / view.scale };
}

/** Zooms by `factor` so that the film point under `at` (pane px) stays under it. */
export function zoomedAt(view: View, at: Point, factor: number, limits: ScaleLimits): View {
  return scaledAt(view, at, clamp(view.scale * factor, limits.least, limits.greatest));
}

/** The film at `scale`, with the film point under `at` (pane px) kept there. */
export function scaledAt(view: View, at: Point, scale: number): View {
  const fixed = toFilm(view, at);
  return { scale, x: at.x - fixed.x * scale, y: at.y - fixed.y * scale };
}

export function panned(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

export interface ScaleLimits {
  readonly least: number;
  readonly greatest: number;
}

/** From half the fitted size to 32 screen px per film pixel; a film smaller than its pane may still be seen 1:1. */
export function scaleLimits(film: Size, pane: Size): ScaleLimits {
  const fit = fitScale(film, pane);
  return { least: Math.min(fit / 2, 1), greatest: Math.max(32, fit) };
}

/** How much of the film must stay in the pane, in CSS px: a film pushed out of sight can't be found again. */
const grip = 48;

/** The view, moved so that the film can't leave the pane. */
export function held(view: View, film: Size, pane: Size): View {
  return {
    scale: view.scale,
    x: clamp(
      view.x,
      Math.min(grip, pane.width / 2) - film.width * view.scale,
      pane.width - Math.min(grip, pane.width / 2),
    ),
    y: clamp(
      view.y,
      Math.min(grip, pane.height / 2) - film.height * view.scale,
      pane.height - Math.min(grip, pane.height / 2),
    ),
  };
}

/** The view after its pane changed size: what was in the middle stays in the middle; a fitted film stays fitted. */
export function resized(view: View, film: Size, before: Size, after: Size): View {
  if (isFitted(view, film, before)) return fitted(film, after);
  return panned(view, (after.width - before.width) / 2, (after.height - before.height) / 2);
}

export function isFitted(view: View, film: Size, pane: Size): boolean {
  const fit = fitted(film, pane);
  return (
    Math.abs(view.scale / fit.scale - 1) < 1e-6 && Math.abs(view.x - fit.x) < 0.01 && Math.abs(view.y - fit.y) < 0.01
  );
}

/**
 * The view of a linked film: what moved one film on the screen (p → f·p + t) also moves the other. Two films that the
 * reader aligned by hand stay aligned; there is no registration.
 */
export function following(view: View, before: View, after: View): View {
  const f = after.scale / before.scale;
  return { scale: view.scale * f, x: f * view.x + after.x - f * before.x, y: f * view.y + after.y - f * before.y };
}

/** The smallest move that brings a whole box (film px) into the pane; zooms out only if the box doesn't fit. */
export function broughtIntoView(
  view: View,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  pane: Size,
): View {
  const margin = Math.min(40, pane.width / 8, pane.height / 8);
  const room = { width: pane.width - 2 * margin, height: pane.height - 2 * margin };
  const scale = Math.min(view.scale, room.width / box.width, room.height / box.height);
  const same = scale === view.scale ? view : scaledAt(view, { x: pane.width / 2, y: pane.height / 2 }, scale);
  const corner = toScreen(same, box);
  return panned(
    same,
    clamp(corner.x, margin, pane.width - margin - box.width * scale) - corner.x,
    clamp(corner.y, margin, pane.height - margin - box.height * scale) - corner.y,
  );
}

/** A box (film px) centred in the pane, filling half of it in the tighter direction. */
export function framing(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  pane: Size,
  limits: ScaleLimits,
): View {
  const scale = clamp(
    Math.min(pane.width / (2 * box.width), pane.height / (2 * box.height)),
    limits.least,
    limits.greatest,
  );
  return {
    scale,
    x: pane.width / 2 - (box.x + box.width / 2) * scale,
    y: pane.height / 2 - (box.y + box.height / 2) * scale,
  };
}

function fitScale(film: Size, pane: Size): number {
  return Math.min(pane.width / film.width, pane.height / film.height);
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(greatest, Math.max(least, value));
}
