import type { GreyLevels } from '../sourceInstance.js';
import type { DataSet } from '../write/dataSet.js';

/**
 * How the film is shown (PS3.3, C.11.1, C.11.8, C.11.6), as its own file says: a presentation state replaces what the
 * file says, so what is left out here is not applied by a viewer that keeps to the letter. The shape inverts only
 * MONOCHROME1.
 */
export function greyPipeline(levels: GreyLevels | undefined, photometricInterpretation: string | undefined): DataSet {
  const { rescale, window } = levels ?? {};
  return {
    ...(rescale && {
      RescaleIntercept: rescale.intercept,
      RescaleSlope: rescale.slope,
      RescaleType: rescale.type ?? 'US',
    }),
    ...(window && {
      SoftcopyVOILUTSequence: [
        { WindowCenter: window.center, WindowWidth: window.width, VOILUTFunction: window.function },
      ],
    }),
    PresentationLUTShape: photometricInterpretation === 'MONOCHROME1' ? 'INVERSE' : 'IDENTITY',
  };
}
