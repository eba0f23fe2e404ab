export { type ClassName, type ClassNameList, ClassNamesError, readClassNames } from './readClassNames.js';
