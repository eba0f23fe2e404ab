export { createSite, type Site } from './site.js';
