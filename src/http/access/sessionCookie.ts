import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../errors/problems.js';

/** Over TLS, the prefix makes browsers bind the cookie to this host, its root path and TLS. */
const secureName = '__Host-session';
/** For a browser on the same machine: without TLS, browsers accept no `__Host-` cookie. */
const loopbackName = 'session';

/** The secret of the session that a request carries. */
export function sessionSecretOf(request: FastifyRequest): string | undefined {
  const cookies = request.cookies;
  return cookies[secureName] ?? (isLoopback(request.hostname) ? cookies[loopbackName] : undefined);
}

/** Throws `forbidden` if the cookie would cross a network unencrypted. */
export function sendSessionCookie(request: FastifyRequest, reply: FastifyReply, secret: string): void {
  const secure = isSecure(request);
  if (!secure && !isLoopback(request.hostname)) {
    throw new Problem(
      'forbidden',
      'A session needs HTTPS, or a browser on this machine. Behind a proxy that ends TLS, name the ' +
        'proxy in TRUSTED_PROXIES.',
    );
  }
  void reply.setCookie(secure ? secureName : loopbackName, secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
  });
}

export function clearSessionCookies(reply: FastifyReply): void {
  const options = { path: '/', httpOnly: true, sameSite: 'strict' } as const;
  void reply.clearCookie(loopbackName, { ...options, secure: false });
  void reply.clearCookie(secureName, { ...options, secure: true });
}

/**
 * Whether a page of another origin made the browser send this, by `Sec-Fetch-Site`, which no page can set, or by
 * `Origin` for browsers that don't send it. Non-browser clients send neither header.
 */
export function isForeign(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin } = request.headers;
  return origin !== undefined && hostOf(origin) !== request.host.toLowerCase();
}

/** The page's own origin reveals TLS that ends at a proxy missing from TRUSTED_PROXIES. */
function isSecure(request: FastifyRequest): boolean {
  return (
    request.protocol === 'https' || (request.headers.origin?.startsWith('https://') === true && !isForeign(request))
  );
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(hostname);
}

/** Host and port of an origin; undefined if it is `null` or no origin at all. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
