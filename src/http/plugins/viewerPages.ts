import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';

/** Paths that the page shows; which view that is, it finds out by itself. */
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

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/** The page draws on canvases and asks only this service. What is not named is refused. */
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

interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
  /** Its name holds a hash of what is in it. */
  readonly immutable: boolean;
}

/**
 * The built page, read once at the start: a route for each of its files, so that no path ever reaches the disk. Without
 * a build a line says so in its place.
 */
export const viewerPages = plugin(
  (app: FastifyInstance, { viewerFolder }: { readonly viewerFolder: string }, done) => {
    const files = filesIn(viewerFolder);
    const index = files.get('index.html') ?? fileOf('index.html', Buffer.from(notBuilt));
    const options = { config: { open: true as const }, schema: { hide: true } };
    for (const path of pagePaths) app.get(path, options, (request, reply) => send(request, reply, index));
    for (const [name, file] of files) {
      if (name !== 'index.html') app.get(`/${name}`, options, (request, reply) => send(request, reply, file));
    }
    done();
  },
  { name: 'viewer-pages' },
);

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, bytes, zipped, etag, immutable }: PageFile,
): FastifyReply {
  reply.headers({
    etag,
    vary: 'accept-encoding',
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': contentSecurityPolicy,
  });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  reply.type(type);
  if (request.headers['accept-encoding']?.includes('gzip') !== true) return reply.send(bytes);
  return reply.header('content-encoding', 'gzip').send(zipped);
}

function filesIn(folder: string): ReadonlyMap<string, PageFile> {
  const names = readNames(folder).filter((name) => Object.hasOwn(mediaTypes, extname(name)));
  return new Map(names.map((name) => [name, fileOf(name, readFileSync(join(folder, name)))]));
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function fileOf(name: string, bytes: Buffer): PageFile {
  return {
    type: mediaTypes[extname(name)] ?? 'application/octet-stream',
    bytes,
    zipped: gzipSync(bytes),
    etag: `"${createHash('sha256').update(bytes).digest('base64url')}"`,
    immutable: /-[0-9A-Za-z]{8,}\.\w+$/.test(name),
  };
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Lesion detector</title>
<p>The page is not built: <code>npm run build</code> makes it. The API works: <a href="/docs">its description</a>.
<p>Research use only. Not for diagnosis.
</html>
`;
