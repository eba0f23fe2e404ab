import { Ajv } from 'ajv';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { NoQuerySchema } from '../detections/filterSchemas.js';
import { Problem } from '../errors/problems.js';
import { isWhole, textOf } from '../text.js';

// Without strict numbers: ajv would not hold “Infinity” against a maximum once it has made a number of it.
const taken = { strict: false, strictNumbers: false, validateFormats: false, useDefaults: true } as const;
/** Queries and headers are text, so numbers are read from it. JSON has types of its own, and is taken by them. */
const ofText = new Ajv({ ...taken, coerceTypes: true });
const ofJson = new Ajv(taken);

/**
 * Nothing that is sent is guessed at, replaced or ignored: text is UTF-8 in addresses and JSON bodies, and a call that
 * declares no query takes none.
 */
export const strictInput = plugin(
  (app: FastifyInstance, _options, done) => {
    app.setValidatorCompiler<object>(({ schema, httpPart }) => (httpPart === 'body' ? ofJson : ofText).compile(schema));

    app.addHook('onRequest', (request, _reply, next) => {
      const isText = isPercentEncodedUtf8(request.url);
      next(isText ? undefined : new Problem('bad-parameter', 'The address is not percent-encoded UTF-8.'));
    });

    const parseJson = app.getDefaultJsonParser('error', 'error');
    app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, parsed) => {
      let text;
      try {
        text = textOf(body, 'The body');
      } catch (error) {
        parsed(error instanceof Error ? error : null);
        return;
      }
      void parseJson(request, text, (error, value: unknown) => {
        if (error !== null || isWhole(value)) parsed(error, value);
        else parsed(new Problem('bad-parameter', 'A text in the body holds half of a surrogate pair.'));
      });
    });

    app.addHook('onRoute', (route) => {
      if (route.url.startsWith('/v1/') && route.schema?.querystring === undefined)
        route.schema = { ...route.schema, querystring: NoQuerySchema };
    });
    done();
  },
  { name: 'strict-input' },
);

function isPercentEncodedUtf8(url: string): boolean {
  if (/[^\x21-\x7e]/.test(url)) return false;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
