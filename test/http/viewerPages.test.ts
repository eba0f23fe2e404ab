import { mkdir, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import t from 'tap';
import { temporaryFolder } from '../backends.js';
import { testService } from './fakes.js';

t.test('the built page is served, and nothing beside it', async (t) => {
  const folder = join(await temporaryFolder(t), 'viewer');
  await mkdir(folder);
  await writeFile(join(folder, '..', 'secret.html'), 'not for anybody');
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Films</title>');
  await writeFile(join(folder, 'app-0A1B2C3D.js'), 'let x;'.repeat(500));
  await writeFile(join(folder, 'app-0A1B2C3D.js.map'), '{}');
  await writeFile(join(folder, 'icon.svg'), '<svg/>');
  const { app } = testService({ settings: { viewerFolder: folder } });
  t.teardown(() => app.close());
  for (const path of [
    '/',
    '/films',
    '/films/0198f0c2-a3c8-7e9f-a1b2-c3d4e5f60718',
    '/operators/users',
    '/account',
    '/sign-in',
    '/films?state=findings',
  ]) {
    const page = await app.inject(path);
    t.equal(page.statusCode, 200, path);
    t.match(page.body, '<title>Films</title>');
    t.match(page.headers, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    t.equal(
      page.headers['content-security-policy'],
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src " +
        "'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    t.equal((await app.inject({ url: path, headers: { 'if-none-match': String(page.headers.etag) } })).statusCode, 304);
  }
  const script = await app.inject({ url: '/app-0A1B2C3D.js', headers: { 'accept-encoding': 'gzip' } });
  t.match(script.headers, {
    'content-type': 'application/javascript; charset=utf-8',
    'cache-control': /immutable/,
    'content-encoding': 'gzip',
  });
  t.equal(gunzipSync(script.rawPayload).toString(), 'let x;'.repeat(500));
  t.match(script.headers.vary, 'accept-encoding');
  t.match((await app.inject('/icon.svg')).headers, { 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' });
  for (const path of [
    '/secret.html',
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/app-0A1B2C3D.js.map',
    '/index.html',
    '/v1/nothing',
    '/films-of-others',
  ]) {
    t.match((await app.inject(path)).json(), { code: 'not-found' }, path);
  }
});

t.test('an address that is none shows the page to a browser, and a problem to a program', async (t) => {
  const folder = join(await temporaryFolder(t), 'viewer');
  await mkdir(folder);
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Films</title>');
  const { app } = testService({ settings: { viewerFolder: folder } });
  t.teardown(() => app.close());
  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  for (const url of ['/nowhere', '/help', '/films-of-others', '/index.html']) {
    const page = await app.inject({ url, headers: browser });
    t.equal(page.statusCode, 404, url);
    t.match(page.body, '<title>Films</title>');
    t.match(page.headers, { 'content-security-policy': /script-src 'self'/ });
    t.match((await app.inject({ url, headers: { accept: '*/*' } })).json(), { code: 'not-found' });
  }
  t.match((await app.inject({ url: '/v1/nothing', headers: browser })).json(), { code: 'not-found' });
  t.match((await app.inject({ method: 'POST', url: '/nowhere', headers: browser })).json(), { code: 'not-found' });
});

t.test('without a build the service says so, and works', async (t) => {
  const { app } = testService({ settings: { viewerFolder: '/nowhere' } });
  t.teardown(() => app.close());
  const page = await app.inject('/');
  t.match(page.body, /not built/);
  t.match(page.body, /href="\/docs"/);
});
