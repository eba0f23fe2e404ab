/** Tags that are read, named as in PS3.6 and written as in dicom-parser. */
export const tags = {
  transferSyntaxUid: 'x00020010',
  specificCharacterSet: 'x00080005',
  sopClassUid: 'x00080016',
  sopInstanceUid: 'x00080018',
  studyDate: 'x00080020',
  accessionNumber: 'x00080050',
  modality: 'x00080060',
  codeValue: 'x00080100',
  patientId: 'x00100020',
  bodyPartExamined: 'x00180015',
  imagerPixelSpacing: 'x00181164',
  viewPosition: 'x00185101',
  studyInstanceUid: 'x0020000d',
  seriesInstanceUid: 'x0020000e',
  patientOrientation: 'x00200020',
  samplesPerPixel: 'x00280002',
  photometricInterpretation: 'x00280004',
  planarConfiguration: 'x00280006',
  numberOfFrames: 'x00280008',
  rows: 'x00280010',
  columns: 'x00280011',
  pixelSpacing: 'x00280030',
  bitsAllocated: 'x00280100',
  bitsStored: 'x00280101',
  highBit: 'x00280102',
  pixelRepresentation: 'x00280103',
  pixelPaddingValue: 'x00280120',
  pixelPaddingRangeLimit: 'x00280121',
  pixelSpacingCalibrationType: 'x00280a02',
  windowCenter: 'x00281050',
  windowWidth: 'x00281051',
  rescaleIntercept: 'x00281052',
  rescaleSlope: 'x00281053',
  voiLutFunction: 'x00281056',
  redPaletteDescriptor: 'x00281101',
  greenPaletteDescriptor: 'x00281102',
  bluePaletteDescriptor: 'x00281103',
  redPalette: 'x00281201',
  greenPalette: 'x00281202',
  bluePalette: 'x00281203',
  lossyImageCompression: 'x00282110',
  modalityLutSequence: 'x00283000',
  lutDescriptor: 'x00283002',
  lutData: 'x00283006',
  voiLutSequence: 'x00283010',
  viewCodeSequence: 'x00540220',
  viewModifierCodeSequence: 'x00540222',
  presentationLutShape: 'x20500020',
  pixelData: 'x7fe00010',
} as const;

const sequences: ReadonlySet<string> = new Set([
  tags.modalityLutSequence,
  tags.voiLutSequence,
  tags.viewCodeSequence,
  tags.viewModifierCodeSequence,
]);

/**
 * VRs of these tags, for a file without VRs. There dicom-parser would guess: it takes a value that begins like an item
 * for a sequence, and pixels may begin like one.
 */
export function vrOf(tag: string): 'SQ' | 'OW' {
  return sequences.has(tag) ? 'SQ' : 'OW';
}

/** Whether `vrOf` is to be asked for an element, and for what is in it. */
export function hasVr(tag: string): boolean {
  return tag === tags.pixelData || sequences.has(tag);
}
