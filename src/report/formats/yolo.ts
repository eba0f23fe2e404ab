import type { WrittenReport } from './writtenReport.js';

/**
 * The label file of one film in YOLO txt: a line for each box with class index, centre and size as shares of the film,
 * and the score.
 *
 * @param classes names in the order of their indices
 */
export function yoloLabels(
  report: Exclude<WrittenReport, { state: 'not-analysed' }>,
  classes: readonly string[],
): string {
  const { width, height } = report.image;
  return report.detections
    .map(({ class: name, score, box }) => {
      const centre = [(box.x + box.width / 2) / width, (box.y + box.height / 2) / height];
      const shares = [...centre, box.width / width, box.height / height];
      return `${classes.indexOf(name)} ${shares.map((share) => share.toFixed(6)).join(' ')} ${score}\n`;
    })
    .join('');
}
