import { Ajv } from 'ajv';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { NoQuerySchema } from '../detections/filterSchemas.js';
import { Problem } from '../errors/problems.js';
import { isWhole, textOf } from '../text.js';

// No strict numbers: with them, ajv would not check a coerced “Infinity” against a maximum.
const taken = { strict: false, strictNumbers: false, validateFormats: false, useDefaults: true } as const;
/** Queries and headers are text, so numbers are parsed from it. JSON has its own types, so nothing is coerced. */
const ofText = new Ajv({ ...taken, coerceTypes: true });
const ofJson = new Ajv(taken);

/**
 * No input is guessed at, replaced or ignored: text in addresses and JSON bodies must be UTF-8, and a call that
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
        else parsed(new Problem('bad-parameter', 'A text in the body has half of a surrogate pair.'));
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
