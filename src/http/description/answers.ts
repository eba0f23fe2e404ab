import { type ProblemCode, problemKinds } from '../errors/problems.js';

declare module 'fastify' {
  interface FastifySchema {
    /** Problems of this call, except those that follow from its roles: see apiDescription.ts. */
    problems?: readonly ProblemCode[];
    /** Describes the body instead of the schema that checks it, if that one says less. */
    describedBody?: object;
  }
}

/** Response descriptions of OpenAPI, as fastify's route schemas take them. */

type Examples = Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>;

export function answer(description: string, component: string, examples?: Examples, headers?: object): object {
  return {
    description,
    ...(headers === undefined ? {} : { headers }),
    content: {
      'application/json': { schema: { $ref: `${component}#` }, ...(examples === undefined ? {} : { examples }) },
    },
  };
}

export function textAnswer(description: string, ...mediaTypes: string[]): object {
  return { description, content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: schemaOf(type) }])) };
}

function schemaOf(mediaType: string): object {
  return { type: mediaType === 'application/json' ? 'object' : 'string' };
}

/** The problems of a call, grouped by status, each with an example. */
export function problemAnswers(codes: readonly ProblemCode[]): Record<string, object> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = problemKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      String(status),
      {
        description: sharing.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' '),
        content: {
          'application/problem+json': {
            schema: { $ref: 'Problem#' },
            examples: Object.fromEntries(
              sharing.map((code) => [code, { summary: problemKinds[code].title, value: problemExample(code) }]),
            ),
          },
        },
      },
    ]),
  );
}

function problemExample(code: ProblemCode): object {
  const { status, title } = problemKinds[code];
  const hasRow = code === 'engine-failed' || code === 'deadline';
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: `${title}.`,
    code,
    instance: 'urn:uuid:5f0c9d5e-8f0e-4f9a-9a53-0d1f4a3b2c1d',
    ...(hasRow ? { detectionId: '0198f0c2-a3c8-7e9f-a1b2-c3d4e5f60718' } : {}),
  };
}
