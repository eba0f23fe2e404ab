/** The browser's text size relative to the usual 16 px, for text that is drawn without rem units. */
export function textScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}
