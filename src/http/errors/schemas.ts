import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import { textAnswer } from '../description/answers.js';

export const problemIndexSchema = {
  operationId: 'listProblems',
  tags: ['problems'],
  summary: 'The error catalogue',
  response: { 200: textAnswer('A page', 'text/html') },
} satisfies FastifySchema;

export const problemPageSchema = {
  operationId: 'getProblem',
  tags: ['problems'],
  summary: 'What a problem means and what to do about it',
  params: Type.Object({ code: Type.String({ description: 'Code of the problem' }) }),
  response: { 200: textAnswer('A page', 'text/html') },
  problems: ['not-found'],
} satisfies FastifySchema;
