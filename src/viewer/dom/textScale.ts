/** How much larger than usual the browser’s text is set: for text that is drawn, and knows no rem. */
export function textScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}
