export { CsvError, type CsvRow, readCsv } from './readCsv.js';
export { type CsvCell, csvLine } from './csvLine.js';
