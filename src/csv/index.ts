export { CsvError, type CsvRow, type CsvText, readCsv } from './readCsv.js';
export { type CsvCell, csvLine } from './csvLine.js';
