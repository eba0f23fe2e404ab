import { Problem } from '../errors/problems.js';
import { textOf } from '../text.js';

/** What the headers of a form part say. */
export interface PartHeaders {
  readonly name: string;
  /** Whether the part is a file rather than a text field. */
  readonly isFile: boolean;
  readonly mediaType: string;
  /** Of the part's text, as the sender wrote it; UTF-8 if it names none. */
  readonly charset: string;
}

const longestHeader = 4096;

/**
 * Reads the headers of a part (RFC 7578), given as Latin-1 text per name.
 *
 * @throws Problem `bad-request` if the part isn't form-data, `bad-parameter` if it has no name or a transfer encoding.
 */
export function partHeadersOf(headers: Readonly<Record<string, readonly string[]>>): PartHeaders {
  if (Object.values(headers).some((values) => values.some((value) => value.length > longestHeader)))
    throw new Problem('bad-request', `A header of a form part has more than ${longestHeader} bytes.`);
  const disposition = headers['content-disposition']?.[0] ?? '';
  if (!/^\s*form-data\s*(;|$)/i.test(disposition))
    throw new Problem('bad-request', 'A part of the form is not form-data: see its Content-Disposition header.');
  const { name, filename, 'filename*': encodedFilename } = parametersOf(disposition);
  if (name === undefined) throw new Problem('bad-parameter', 'A part of the form has no name.');
  const encoding = headers['content-transfer-encoding']?.[0] ?? 'binary';
  if (!/^(7bit|8bit|binary)$/i.test(encoding.trim()))
    throw new Problem(
      'bad-parameter',
      'A part of the form has a Content-Transfer-Encoding: send its bytes as they are.',
    );
  const contentType = headers['content-type']?.[0] ?? 'text/plain';
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return {
    name: textOf(Buffer.from(name, 'latin1'), 'The name of a form part'),
    // RFC 7578 forbids `filename*`, but older HTTP clients send only that if a name isn't ASCII.
    isFile: (filename ?? encodedFilename) !== undefined || mediaType === 'application/octet-stream',
    mediaType,
    charset: parametersOf(contentType)['charset'] ?? 'utf-8',
  };
}

/** The parameters of a header such as `form-data; name="image"`, by lower-case name; the first of each counts. */
export function parametersOf(header: string): Partial<Record<string, string>> {
  const found = header.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g);
  const pairs = [...found].map(([, name = '', quoted, token = '']) => {
    // Only before a quote is a backslash an escape: browsers send Windows file names with backslashes.
    const value = quoted?.replaceAll('\\"', '"') ?? token;
    return [name.toLowerCase(), value] as const;
  });
  return Object.fromEntries(pairs.reverse());
}
