export { CsvError, type CsvOptions, type CsvRow, type CsvText, readCsv, separators } from './readCsv.js';
export { type CsvCell, csvLine, type CsvLineOptions } from './csvLine.js';
