import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Default } from 'typebox/value';
import { parse } from 'yaml';
import { messageOf } from '../../messageOf.js';
import { type Source, SourceSchema } from './source.js';

/** A file of sources that can't be used; the message names the file and the first fault. */
export class SourcesError extends Error {
  override readonly name = 'SourcesError';
}

const FileSchema = Type.Object({ sources: Type.Array(SourceSchema, { minItems: 1 }) }, { additionalProperties: false });
const validator = Compile(FileSchema);

/**
 * Reads a YAML or JSON file of sources. Paths in it are relative to its folder, and each must be readable.
 *
 * @throws SourcesError
 */
export function readSources(path: string): readonly Source[] {
  const given = Default(FileSchema, parsed(path));
  if (!validator.Check(given)) {
    const [first] = validator.Errors(given);
    // What validators say of a member that is in no schema.
    const what = first?.message === 'schema is false' ? 'is no setting' : (first?.message ?? 'is not valid');
    throw new SourcesError(`${path}: ${first?.instancePath || 'the file'} ${what}`);
  }
  const folder = dirname(path);
  const sources = given.sources.map((source) => withPaths(source, (file) => resolve(folder, file)));
  const faults = [
    ...sources.flatMap((source) => faultsOf(source).map((fault) => `${source.name}: ${fault}`)),
    ...(new Set(sources.map(({ name }) => name)).size < sources.length ? ['two sources have the same name'] : []),
  ];
  if (faults.length > 0) throw new SourcesError(`${path}: ${faults.join('; ')}`);
  return sources;
}

function parsed(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new SourcesError(`${path}: ${messageOf(cause).split('\n', 1)[0] ?? ''}`, { cause });
  }
}

function withPaths({ auth, tls, ...source }: Source, at: (path: string) => string): Source {
  return {
    ...source,
    ...(auth === undefined
      ? {}
      : {
          auth:
            'tokenFile' in auth ? { tokenFile: at(auth.tokenFile) } : { ...auth, passwordFile: at(auth.passwordFile) },
        }),
    ...(tls === undefined
      ? {}
      : { tls: Object.fromEntries(Object.entries(tls).map(([name, path]) => [name, at(path)])) }),
  };
}

function faultsOf(source: Source): string[] {
  const { url, plainHttp, auth, tls } = source;
  const files = [...(auth === undefined ? [] : Object.entries(auth)), ...Object.entries(tls ?? {})].filter(
    ([name]) => name !== 'user',
  );
  return [
    ...(URL.canParse(url) ? [] : [`${url} is not a URL`]),
    ...(url.startsWith('http:') && !plainHttp && !isLoopback(url)
      ? ['films and passwords would travel unencrypted: use https, or say plainHttp: true']
      : []),
    ...(tls !== undefined && (tls.certificateFile === undefined) !== (tls.keyFile === undefined)
      ? ['a client certificate needs both certificateFile and keyFile']
      : []),
    ...files.filter(([, path]) => !isReadable(path)).map(([name, path]) => `${name}: ${path} can't be read`),
  ];
}

function isLoopback(url: string): boolean {
  return /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|$)/.test(url);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
