import { Type } from 'typebox';
import { problemAnswers, textAnswer } from './answers.js';

export const problemIndexSchema = {
  operationId: 'listProblems',
  tags: ['problems'],
  summary: 'The error catalogue',
  response: { 200: textAnswer('A page', 'text/html') },
};

export const problemPageSchema = {
  operationId: 'getProblem',
  tags: ['problems'],
  summary: 'What a problem means and what to do about it',
  params: Type.Object({ code: Type.String({ description: 'Code of the problem' }) }),
  response: { 200: textAnswer('A page', 'text/html'), ...problemAnswers(['not-found']) },
};
