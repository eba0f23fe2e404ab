import { ImportError } from './importError.js';

/**
 * Throws ImportError `wrong-file` if the bytes are not binary weights but something often found in their place: most
 * `.weights` and `.h5` files in git repositories are LFS pointers or saved web pages.
 */
export function refuseLookalikes(bytes: Uint8Array, what: string): void {
  if (bytes.length === 0) throw new ImportError('wrong-file', `${what} is empty (0 bytes)`);
  const start = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  const known = lookalikes.find(({ pattern }) => pattern.test(start));
  if (known !== undefined) throw new ImportError('wrong-file', `${what} ${known.says}`);
}

const lookalikes: readonly { pattern: RegExp; says: string }[] = [
  {
    pattern: /^version https:\/\/git-lfs/,
    says:
      'is a git-LFS pointer, a few lines of text in place of the real file: fetch it with `git lfs pull`, ' +
      'or download it by its raw link',
  },
  {
    pattern: /^(\xef\xbb\xbf)?\s*<(!doctype|html|head|\?xml|!--)/i,
    says:
      'is a web page, not weights: the download saved the page around the file, or an error page; download the ' +
      'file by its raw link',
  },
  { pattern: /^\s*\[(net|network)\]/, says: 'is a darknet cfg: cfg and weights seem to be swapped' },
  {
    // The first file of the archive; keras.Model.save begins with one of these.
    pattern: /^PK\x03\x04.{22}.{4}(metadata\.json|config\.json|model\.weights\.h5)/s,
    says:
      'is a .keras file: write the model as HDF5, keras.saving.load_model("….keras").save("model.h5"), and ' +
      'import that; unpacking it does not help',
  },
  {
    pattern: /^PK\x03\x04/,
    says: 'is a zip archive (or a PyTorch .pt file): unpack it first; PyTorch files are not read',
  },
  { pattern: /^\x1f\x8b/, says: 'is compressed with gzip: unpack it first' },
  {
    pattern: /^(\.\.?\/|\/)?[\w./-]{1,255}\n?$/,
    says: 'holds one line of text that looks like a path: a symbolic link checked out as a file',
  },
];

const HDF5_MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether the bytes start as HDF5 does (https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html, "Format Signature"). */
export function isHdf5(bytes: Uint8Array): boolean {
  return HDF5_MAGIC.every((byte, i) => bytes[i] === byte);
}
