import { readdir } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import plugin from 'fastify-plugin';
import { unlessMissing } from '../../fileErrors.js';
import { compressed } from './compression.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers with the page, which works out from its address what to show. */
    sendPage(reply: FastifyReply): FastifyReply;
  }
}

/** Paths of the page; it works out by itself which view each one shows. */
const pagePaths = [
  '/',
  '/sign-in',
  '/sign-up',
  '/films',
  '/films/*',
  '/account',
  '/account/*',
  '/operators',
  '/operators/*',
];

/** Source maps and other by-products of a build are not served. */
const servedTypes = new Set(['.html', '.js', '.css', '.svg', '.png', '.ico', '.woff2', '.json']);

/** The page draws on canvases and calls only this service. Anything not named is refused. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const open = { config: { open: true as const }, schema: { hide: true }, compress: compressed };

/**
 * The built page: a route for each of its files, so no other path ever reaches the disk. Without a build, a line of
 * text says so.
 */
export const viewerPages = plugin(
  async (app: FastifyInstance, { viewerFolder }: { readonly viewerFolder: string }) => {
    await app.register(fastifyStatic, { serve: false, cacheControl: false });
    const names = await servedNames(viewerFolder);
    const built = names.includes('index.html');
    app.decorate('sendPage', (reply) => (built ? send(reply, 'index.html', viewerFolder) : sendNotBuilt(reply)));
    for (const path of pagePaths) app.get(path, open, (_request, reply) => app.sendPage(reply));
    for (const name of names)
      if (name !== 'index.html') app.get(`/${name}`, open, (_request, reply) => send(reply, name, viewerFolder));
  },
  { name: 'viewer-pages', dependencies: ['compression'] },
);

function send(reply: FastifyReply, name: string, folder: string): FastifyReply {
  // A file with a content hash in its name never changes.
  const immutable = /-[0-9A-Za-z]{8,}\.\w+$/.test(name);
  return reply
    .header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('content-security-policy', contentSecurityPolicy)
    .sendFile(name, resolve(folder));
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'no-cache')
    .header('content-security-policy', contentSecurityPolicy)
    .type('text/html; charset=utf-8')
    .send(notBuilt);
}

async function servedNames(folder: string): Promise<readonly string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(unlessMissing)) ?? [];
  return entries.filter((entry) => entry.isFile() && servedTypes.has(extname(entry.name))).map(({ name }) => name);
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Lesion detector</title>
<p>The page is not built: <code>npm run build</code> makes it. The API works: <a href="/docs">its description</a>.
<p>Research use only. Not for diagnosis.
</html>
`;
