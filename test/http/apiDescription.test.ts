import { Validator } from '@seriousme/openapi-schema-validator';
import { readFile } from 'node:fs/promises';
import t from 'tap';
import { escapeXml } from '../../src/svg/index.js';
import { Compile } from 'typebox/compile';
import { generatedDocuments } from '../../src/cli/generate/documents.js';
import { problemCodes, problemKinds } from '../../src/http/errors/problems.js';
import { findingsExample, belowThresholdExample, notAnalysedExample } from '../../src/http/description/examples.js';
import { BelowThresholdSchema, FindingsSchema, NotAnalysedSchema } from '../../src/report/index.js';
import { film, testService } from './fakes.js';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: { name: string; description?: string }[];
  readonly security?: object[];
  readonly responses: Record<
    string,
    {
      description: string;
      content?: Record<string, { schema?: object; examples?: Record<string, { value: unknown }> }>;
    }
  >;
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, object> };
}

t.test('the description of the API', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const answer = await service.app.inject('/openapi.json');
  const document = answer.json<OpenApi>();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

  t.equal(document.openapi, '3.1.0');
  t.match(await new Validator().validate(answer.json<Record<string, unknown>>()), { valid: true }, 'is valid OpenAPI');
  t.equal(
    new Set(operations.map(({ operation }) => operation.operationId)).size,
    operations.length,
    'every call has a name of its own',
  );
  t.equal(operations.length, 42);
  for (const { path, method, operation } of operations) {
    t.ok(operation.summary, `${method} ${path} says what it does`);
    for (const { name, description } of operation.parameters ?? [])
      t.ok(description, `${method} ${path} describes ${name}`);
    const isOpen = operation.security?.length === 0;
    t.equal(
      '401' in operation.responses,
      !isOpen || path === '/v1/tokens' || path === '/v1/session',
      `${method} ${path} says whether it wants a token`,
    );
    t.ok('500' in operation.responses);
  }
  t.match(document.components.schemas['Report'], { oneOf: [{}, {}, {}], discriminator: { propertyName: 'state' } });

  const codes = operations.flatMap(({ operation }) =>
    Object.entries(operation.responses).flatMap(([status, { content }]) =>
      Object.entries(content?.['application/problem+json']?.examples ?? {}).map(([code, { value }]) => {
        t.match(value, { code, status: Number(status), type: `/problems/${code}` });
        return code;
      }),
    ),
  );
  // These come from the connection or from no route at all.
  const ofNoCall = ['method-not-allowed', 'headers-too-large'];
  t.same(new Set([...codes, ...ofNoCall]), new Set(problemCodes), 'every problem has its example');

  const created = document.paths['/v1/detections']?.['post']?.responses['201']?.content?.['application/json'];
  t.same(created?.schema, { $ref: '#/components/schemas/Report' });
  t.same(Object.keys(created?.examples ?? {}), ['findings', 'below-threshold', 'not-analysed']);
});

t.test('examples and answers fit the schemas', async (t) => {
  t.ok(Compile(FindingsSchema).Check(findingsExample));
  t.ok(Compile(BelowThresholdSchema).Check(belowThresholdExample));
  t.ok(Compile(NotAnalysedSchema).Check(notAnalysedExample));
  const service = testService();
  t.teardown(() => service.app.close());
  const answer = await service.app.inject({
    method: 'POST',
    url: '/v1/detections',
    payload: film,
    headers: await service.as('submitter'),
  });
  t.ok(Compile(FindingsSchema).Check(answer.json()));
});

t.test('the docs page stands on its own', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const page = await service.app.inject('/docs');
  t.equal(page.statusCode, 200);
  const urls = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
  t.ok(urls.length >= 5);
  for (const url of urls) {
    const file = await service.app.inject(url);
    t.equal(file.statusCode, 200, url);
    t.ok(url.startsWith('/docs/static/'), 'comes from here');
  }
  t.notMatch(page.body, /<script(?![^>]* src=)[^>]*>|<style|\son\w+=/, 'nothing inline that the policy would block');
  t.equal(
    page.headers['content-security-policy'],
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src " +
      "'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  );
});

t.test('every problem has its page', async (t) => {
  const service = testService();
  t.teardown(() => service.app.close());
  const index = await service.app.inject('/problems');
  for (const code of problemCodes) {
    const { status, title, explanation } = problemKinds[code];
    t.match(index.body, `href="/problems/${code}"`);
    const page = await service.app.inject(`/problems/${code}`);
    t.match(page.headers['content-type'], 'text/html');
    t.match(page.body, `<h1>${escapeXml(title)}</h1>`);
    t.match(page.body, `status ${status}`);
    t.ok(explanation.length > 40, `${code} is explained`);
  }
  for (const code of ['deadline', 'engine-failed']) {
    t.match(
      (await service.app.inject(`/problems/${code}`)).body,
      'Can be retried; if it had an <code>Idempotency-Key</code>, with a new one',
      `${code} has a row, which its key is answered by`,
    );
  }
  t.match((await service.app.inject('/problems/constructor')).json(), { code: 'not-found' });
});

t.test('generated documents are those of the code', async (t) => {
  const root = new URL('../../', import.meta.url);
  for (const [name, text] of Object.entries(await generatedDocuments())) {
    t.equal(await readFile(new URL(name, root), 'utf8'), text, `${name}: run \`npm run generate\``);
  }
});
