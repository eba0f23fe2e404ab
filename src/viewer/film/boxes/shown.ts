import type { FilmBox } from '../../api/answers.js';
import { scoreText } from '../../report/stateWords.js';

/** What a reader has chosen to see. It changes what is drawn, never what was reported. */
export interface BoxChoice {
  /** Position of the slider, 0…1. */
  readonly minScore: number;
  readonly classesOff: ReadonlySet<string>;
  /** `B`, or `H` while it is held. */
  readonly hidden: boolean;
}

/** `reported` counts; `below` is a candidate below the report's threshold, shown only while the slider is lowered. */
export type BoxStatus = 'reported' | 'below';
export type HiddenBy = 'slider' | 'class' | 'key';

export interface ShownBox {
  readonly box: FilmBox;
  /** From 1, over all candidates, best first: the number a reader may quote. */
  readonly rank: number;
  readonly status: BoxStatus;
  readonly hiddenBy: HiddenBy | null;
}

/** The boxes of the list: all reported ones, hidden or not, and the candidates that the slider admits. */
export function shownBoxes(candidates: readonly FilmBox[], threshold: number, choice: BoxChoice): readonly ShownBox[] {
  return candidates.flatMap((box, index): ShownBox[] => {
    const status = box.score >= threshold ? 'reported' : 'below';
    if (status === 'below' && box.score < choice.minScore) return [];
    return [{ box, rank: index + 1, status, hiddenBy: hiddenBy(box, choice) }];
  });
}

function hiddenBy(box: FilmBox, { minScore, classesOff, hidden }: BoxChoice): HiddenBy | null {
  if (hidden) return 'key';
  if (classesOff.has(box.class)) return 'class';
  return box.score < minScore ? 'slider' : null;
}

/** What the chips beside the state say about the view: the difference between what is drawn and what was reported. */
export function viewChips(
  shown: readonly ShownBox[],
  threshold: number,
  choice: BoxChoice,
): readonly { readonly by: HiddenBy | 'lowered'; readonly says: string }[] {
  const reported = shown.filter(({ status }) => status === 'reported');
  const below = shown.length - reported.length;
  const bySlider = reported.filter(({ box }) => box.score < choice.minScore).length;
  const byClass = reported.filter(({ box }) => choice.classesOff.has(box.class) && box.score >= choice.minScore).length;
  return [
    ...(choice.hidden ? [{ by: 'key' as const, says: 'AI boxes hidden (B)' }] : []),
    ...(choice.minScore > threshold
      ? [
          {
            by: 'slider' as const,
            says: `view ${scoreText(choice.minScore)}: ${bySlider} of ${reported.length} boxes hidden by your slider`,
          },
        ]
      : []),
    ...(choice.minScore < threshold
      ? [
          {
            by: 'lowered' as const,
            says: `view ${scoreText(choice.minScore)}: ${below} more below the report's ${scoreText(threshold)}`,
          },
        ]
      : []),
    ...(byClass > 0 ? [{ by: 'class' as const, says: `${byClass} hidden by class` }] : []),
  ];
}
