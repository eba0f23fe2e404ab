import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openEndpoint } from '../../src/pacs/dicomweb/endpoint.js';
import { query } from '../../src/pacs/dicomweb/query.js';
import { readSources, SourcesError } from '../../src/pacs/index.js';
import { json } from './fakePacs.js';

const folder = mkdtempSync(join(tmpdir(), 'lesion-sources-'));
t.after(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

file('password', ' secret\n');
file('token', 'abc\n');

t.test('a file of sources is read, with defaults, and paths beside it', (t) => {
  const path = file(
    'pacs.yaml',
    [
      'sources:',
      '  - name: main',
      '    url: https://pacs.example/dicom-web',
      '    auth: { user: svc, passwordFile: password }',
      '  - name: archive',
      '    url: http://127.0.0.1:8042/dicom-web/',
      '    auth: { tokenFile: token }',
      '    bodyParts: [CHEST]',
      '    pollSeconds: 2.5',
    ].join('\n'),
  );
  const [main, archive] = readSources(path);
  t.match(main, {
    name: 'main',
    auth: { user: 'svc', passwordFile: join(folder, 'password') },
    modalities: ['CR', 'DX'],
    windowHours: 24,
    pollSeconds: 5,
    timeoutSeconds: 30,
    derivedImages: false,
  });
  t.match(archive, { auth: { tokenFile: join(folder, 'token') }, bodyParts: ['CHEST'], pollSeconds: 2.5 });
  t.end();
});

t.test('a file that can not be meant is refused, with its place', (t) => {
  const url = 'https://pacs.example/dicom-web';
  const wrong: [unknown, RegExp][] = [
    [{}, /sources/],
    [{ sources: [] }, /sources/],
    [{ sources: [{ name: 'a' }] }, /url/],
    [{ sources: [{ name: 'A B', url }] }, /name/],
    [{ sources: [{ name: 'a', url: 'ftp://x' }] }, /url/],
    [{ sources: [{ name: 'a', url: 'https://user:pass@pacs/' }] }, /url/],
    [{ sources: [{ name: 'a', url, pollSecond: 3 }] }, /pollSecond is no setting/],
    [{ sources: [{ name: 'a', url, auth: { user: 'x', password: 'in the file' } }] }, /auth/],
    [{ sources: [{ name: 'a', url, auth: { tokenFile: 'nowhere' } }] }, /nowhere can't be read/],
    [{ sources: [{ name: 'a', url: 'http://pacs.example/' }] }, /unencrypted/],
    [{ sources: [{ name: 'a', url, tls: { certificateFile: 'token' } }] }, /both/],
    [
      {
        sources: [
          { name: 'a', url },
          { name: 'a', url },
        ],
      },
      /same name/,
    ],
  ];
  for (const [value, message] of wrong)
    t.throws(() => readSources(file('wrong.json', JSON.stringify(value))), { name: 'SourcesError', message });
  t.throws(() => readSources(file('wrong.yaml', 'a: [')), SourcesError);
  t.throws(() => readSources(join(folder, 'none.yaml')), SourcesError);
  const allowed = { sources: [{ name: 'a', url: 'http://pacs.example/', plainHttp: true }] };
  t.equal(readSources(file('right.json', JSON.stringify(allowed))).length, 1);
  t.end();
});

t.test('credentials go along as the source says, read anew for each request', async (t) => {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  for (const name of ['server', 'client'])
    // prettier-ignore
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
      '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', `${name}.key`, '-out', `${name}.pem`);
  const read = (name: string) => readFileSync(join(folder, name));
  const seen: IncomingMessage[] = [];
  const server = createServer(
    { key: read('server.key'), cert: read('server.pem'), ca: read('client.pem'), requestCert: true },
    (request, response) => {
      seen.push(request);
      json(response, []);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`;
  const open = (name: string, more: object) => {
    const [source] = readSources(file(`${name}.json`, JSON.stringify({ sources: [{ name, url, ...more }] })));
    if (source === undefined) throw new Error('no source');
    const endpoint = openEndpoint(source);
    t.teardown(() => {
      endpoint.close();
    });
    return endpoint;
  };
  const tls = { caFile: 'server.pem', certificateFile: 'client.pem', keyFile: 'client.key' };

  await query(open('basic', { tls, auth: { user: 'svc', passwordFile: 'password' } }), '/studies', {});
  t.equal(seen.at(-1)?.headers.authorization, `Basic ${Buffer.from('svc:secret').toString('base64')}`);
  const bearer = open('bearer', { tls, auth: { tokenFile: 'token' } });
  await query(bearer, '/studies', {});
  t.equal(seen.at(-1)?.headers.authorization, 'Bearer abc');
  file('token', 'rotated');
  await query(bearer, '/studies', {});
  t.equal(seen.at(-1)?.headers.authorization, 'Bearer rotated');
  file('token', '');
  await t.rejects(query(bearer, '/studies', {}), { code: 'unauthorised' }, 'a secret that is gone');
  await query(open('certificate', { tls }), '/studies', {});
  t.equal(seen.at(-1)?.headers.authorization, undefined);

  await t.rejects(query(open('none', { tls: { caFile: 'server.pem' } }), '/studies', {}), { code: 'unreachable' });
  await t.rejects(query(open('stranger', {}), '/studies', {}), { code: 'unreachable' }, 'an unknown certificate');
});
