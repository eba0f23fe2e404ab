export { type App, buildApp } from './app.js';
export type { HttpDependencies, HttpSettings, TokenVerification } from './dependencies.js';
export { describeApi } from './description/describeApi.js';
export { problemsMarkdown } from './errors/problemPages.js';
