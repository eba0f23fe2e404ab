/** How well one radiologist's boxes match another's: beside it stand the detector's own figures in the same measure. */
export interface HumanLine {
  readonly source: string;
  readonly films: number;
  readonly kappa: number;
  /** Box F1 for `opacity` alone, and with opacity, consolidation and infiltration taken as one. */
  readonly f1: readonly { readonly iou: 0.4 | 0.5 | 0.75; readonly opacity: number; readonly merged: number }[];
}

/**
 * VinDr-CXR (Nguyen et al. 2022, Scientific Data 9:429), training part: 15,000 films read by three radiologists each, one reader held against
 * another, computed from the public label files. F1 is not AP. The labels of RSNA and SIIM were adjudicated and are easier.
 */
export const humanLine: HumanLine = {
  source: 'VinDr-CXR, 15,000 films, three readers each, one reader against another',
  films: 15_000,
  kappa: 0.41,
  f1: [
    { iou: 0.4, opacity: 0.25, merged: 0.36 },
    { iou: 0.5, opacity: 0.22, merged: 0.31 },
    { iou: 0.75, opacity: 0.08, merged: 0.12 },
  ],
};
