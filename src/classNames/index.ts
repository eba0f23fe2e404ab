export { type ClassName, ClassNamesError } from './className.js';
export { type ClassNameList, readClassNames } from './readClassNames.js';
