import fc from 'fast-check';
import t from 'tap';
import { CsvError, csvLine, readCsv } from '../../src/csv/index.js';

const table = (text: string) => {
  const { header, rows } = readCsv(text);
  return [header, ...rows].map(({ line, cells }) => [line, ...cells]);
};

t.test('a row knows the line on which it begins, whatever its cells hold', (t) => {
  t.strictSame(table('name,note\nA,"two\nlines"\nB,\n'), [
    [1, 'name', 'note'],
    [2, 'A', 'two\nlines'],
    [4, 'B', ''],
  ]);
  t.strictSame(
    table('\r\na,b\r\n\r\n"1\r\n2",3\r\n  \r\n4,"5"'),
    [
      [2, 'a', 'b'],
      [4, '1\r\n2', '3'],
      [7, '4', '5'],
    ],
    'CRLF counts as one line end, inside quotes too; blank lines are skipped and counted',
  );
  t.strictSame(table('a,b\r1,2\n3,4\r\n5,6'), [
    [1, 'a', 'b'],
    [2, '1', '2'],
    [3, '3', '4'],
    [4, '5', '6'],
  ]);
  t.end();
});

t.test('what spreadsheets write is read', (t) => {
  t.strictSame(table('\ufeffa;b\n"x;y";1,5\n'), [
    [1, 'a', 'b'],
    [2, 'x;y', '1,5'],
  ]);
  t.strictSame(table('a\tb\n\t2\n'), [
    [1, 'a', 'b'],
    [2, '', '2'],
  ]);
  t.strictSame(
    table('a, b\n x , " y "\n'),
    [
      [1, 'a', 'b'],
      [2, 'x', ' y '],
    ],
    'white space is trimmed outside quotes',
  );
  t.strictSame(table('a,b\n1\n1,2,3\n')[1], [2, '1'], 'a row of another length is for the caller to judge');
  t.strictSame(readCsv('a;b\n', { separator: ',' }).header.cells, ['a;b']);
  t.end();
});

t.test('text that is not CSV is refused at the line where the cell begins', (t) => {
  const fault = (text: string) => {
    try {
      readCsv(text);
      return undefined;
    } catch (error) {
      return error instanceof CsvError ? [error.line, error.message] : error;
    }
  };
  t.strictSame(fault(''), [1, 'the file is empty']);
  t.strictSame(fault('\n\n'), [1, 'the file is empty']);
  t.strictSame(fault('a,b\n"x\ny",\n\n1,"open\nand\non'), [5, 'a quote opened here is never closed']);
  t.match(fault('a,b\n1,2\n3,5" film\n'), [3, /in the middle of a cell/]);
  t.match(fault('a,b\n1,"x"y\n'), [2, /goes on after its closing quote/]);
  t.match(fault('a,b\n1,"x" y\n'), [2, /goes on after its closing quote/]);
  t.end();
});

t.test('a line is quoted only where it must be', (t) => {
  t.equal(csvLine(['a, b', 'say "x"', 1.5, null, undefined, '']), '"a, b","say ""x""",1.5,,,\n');
  t.equal(csvLine(['a;b', ' c', 'd\ne', 'f g']), 'a;b," c","d\ne",f g\n');
  t.equal(csvLine(['a', 1], { quoteText: true, lineEnd: '\r\n' }), '"a",1\r\n');
  t.end();
});

t.test('text that a spreadsheet would run as a formula is guarded if asked for', (t) => {
  const guarded = csvLine(['=1+1', '+1', '-1', '@x', '\tx', '=a,b', 'a=1', -1], { guardFormulas: true });
  t.equal(guarded, `'=1+1,'+1,'-1,'@x,"'\tx","'=a,b",a=1,-1\n`);
  t.equal(csvLine(['=1+1', -1]), '=1+1,-1\n', 'and otherwise left as it is');
  t.end();
});

t.test('any table is read back as it was written', (t) => {
  const cell = fc.oneof(fc.string(), fc.stringMatching(/^[",;\t\r\n ab]*$/));
  const row = fc.array(cell, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
      const { header, rows: rest } = readCsv(rows.map((cells) => csvLine(cells)).join(''), { separator: ',' });
      t.strictSame(
        [header, ...rest].map(({ cells }) => cells),
        rows,
      );
    }),
  );
  t.end();
});
