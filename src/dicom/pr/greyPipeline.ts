import type { GreyLevels, LookUpTable } from '../source/sourceInstance.js';
import type { DataSet } from '../write/dataSet.js';

/**
 * How the film is shown (PS3.3, C.11.1, C.11.8, C.11.6), as its own file says: a presentation state replaces what the
 * file says, so what is left out here is not applied by a viewer that keeps to the letter. The shape inverts only
 * MONOCHROME1.
 */
export function greyPipeline(levels: GreyLevels | undefined, photometricInterpretation: string | undefined): DataSet {
  return {
    ...modality(levels),
    ...voi(levels),
    PresentationLUTShape: photometricInterpretation === 'MONOCHROME1' ? 'INVERSE' : 'IDENTITY',
  };
}

function modality({ modalityLut, rescale }: GreyLevels = {}): DataSet {
  if (modalityLut)
    return { ModalityLUTSequence: [{ ...table(modalityLut), ModalityLUTType: modalityLut.type ?? 'US' }] };
  if (rescale === undefined) return {};
  return {
    RescaleIntercept: rescale.intercept,
    RescaleSlope: rescale.slope,
    RescaleType: rescale.type ?? 'US',
  };
}

function voi({ voiLut, window }: GreyLevels = {}): DataSet {
  if (voiLut) return { SoftcopyVOILUTSequence: [{ VOILUTSequence: [table(voiLut)] }] };
  if (window === undefined) return {};
  return {
    SoftcopyVOILUTSequence: [
      { WindowCenter: window.center, WindowWidth: window.width, VOILUTFunction: window.function },
    ],
  };
}

function table({ descriptor, data }: LookUpTable): DataSet {
  const words = Buffer.alloc(2 * data.length);
  data.forEach((entry, i) => words.writeUInt16LE(entry, 2 * i));
  return { LUTDescriptor: descriptor, LUTData: words };
}
