/** What a call sent. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

/** An answer in JSON. */
export function answer(status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
}

/**
 * Stands in for the server until the test ends: answers one call after the other, or fails as fetch does.
 * A function answers by what was sent.
 *
 * @returns the calls so far
 */
export function serve(
  t: { teardown(act: () => void): void },
  replies: readonly (Response | Error | ((request: Request) => Response))[],
): readonly Request[] {
  const requests: Request[] = [];
  const before = globalThis.fetch;
  t.teardown(() => {
    globalThis.fetch = before;
  });
  globalThis.fetch = (path, { method = 'GET', headers, body } = {}) => {
    const request: Request = {
      method,
      path: path instanceof Request ? path.url : String(path),
      headers: new Headers(headers),
      body: typeof body === 'string' ? body : undefined,
    };
    const reply = replies[requests.length];
    requests.push(request);
    if (reply === undefined) return Promise.reject(new Error(`Nobody answers call ${requests.length}: ${method}`));
    if (reply instanceof Error) return Promise.reject(reply);
    return Promise.resolve(reply instanceof Response ? reply : reply(request));
  };
  return requests;
}
