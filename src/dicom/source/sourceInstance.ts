/**
 * What an object about a film must know of the film's own file. Members are text as in the file, in Unicode; what is
 * unknown is left out, and written as empty where the standard wants an attribute of type 2.
 */
export interface SourceInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly patientId?: string;
  readonly issuerOfPatientId?: string;
  /** PN: components by ^, groups by =. */
  readonly patientName?: string;
  /** DA: YYYYMMDD */
  readonly patientBirthDate?: string;
  readonly patientSex?: string;
  /** DA */
  readonly studyDate?: string;
  /** TM */
  readonly studyTime?: string;
  readonly studyId?: string;
  readonly studyDescription?: string;
  readonly accessionNumber?: string;
  /** PN */
  readonly referringPhysicianName?: string;
  readonly bodyPartExamined?: string;
  /** How stored values become grey, for the presentation state. */
  readonly greyLevels?: GreyLevels;
}

/** Modality and VOI transformations of a film. A look-up table goes before numbers, as it does when a film is shown. */
export interface GreyLevels {
  readonly rescale?: { readonly slope: number; readonly intercept: number; readonly type?: string };
  readonly modalityLut?: LookUpTable & { readonly type?: string };
  readonly window?: { readonly center: number; readonly width: number; readonly function?: string };
  readonly voiLut?: LookUpTable;
}

/** PS3.3, C.11.1.1.1 */
export interface LookUpTable {
  /** Number of entries (0: 65,536), first value (signed values as their 16 bits), bits of an entry. */
  readonly descriptor: readonly [number, number, number];
  readonly data: readonly number[];
}
