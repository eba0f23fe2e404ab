export { type App, buildApp } from './app.js';
export type { HttpDependencies, HttpSettings, TokenVerification } from './dependencies.js';
export { describeApi } from './describe.js';
export { problemsMarkdown } from './problemPages.js';
