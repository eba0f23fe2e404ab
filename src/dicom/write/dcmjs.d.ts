/** The part of dcmjs 0.51.1 that is used; it ships no types. */
declare module 'dcmjs' {
  export type TaggedElement = { readonly vr: string; readonly Value: readonly unknown[] };
  export type Tagged = Readonly<Record<string, TaggedElement>>;

  export interface DicomDict {
    dict: Tagged;
    write(options: { readonly allowInvalidVRLength: boolean }): ArrayBuffer;
  }

  const dcmjs: {
    readonly data: {
      readonly DicomDict: new (meta: Tagged) => DicomDict;
      readonly DicomMetaDictionary: {
        /** By keyword (PS3.6), e.g. `PatientID`. The tag reads `(0010,0020)`. */
        readonly nameMap: Readonly<Record<string, { readonly tag: string; readonly vr: string } | undefined>>;
      };
    };
  };
  export default dcmjs;
}
