import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import t from 'tap';
import { axisOver, escapeXml, htmlTable, label, path, scale, tag, xAxis, yAxis } from '../../src/svg/index.js';

t.test('any text comes back from an element and from an attribute', (t) => {
  const readBack = (text: string) => {
    const parser = new SaxesParser();
    const found: string[] = [];
    parser.on('opentag', ({ attributes }) => found.push(String(attributes['note'])));
    parser.on('text', (content) => found.push(content));
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(tag('svg', { note: text }, escapeXml(text))).close();
    return found;
  };
  // XML turns white space in attributes into spaces, and has no empty text.
  const text = fc.string({ unit: 'binary', minLength: 1 }).filter((each) => !/[\n\t]/.test(each));
  fc.assert(
    fc.property(text, (given) => {
      const legal = given.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd');
      t.strictSame(readBack(given), [legal, legal]);
    }),
  );
  t.equal(escapeXml(`<b> & "c" 'd'`), '&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;');
  t.equal(escapeXml('a\ud800b\0'), 'a\ufffdb\ufffd');
  t.end();
});

t.test('elements have escaped attributes of at most two decimals', (t) => {
  t.equal(tag('rect', { x: 1 / 3, fill: 'none', y: undefined }), '<rect x="0.33" fill="none"/>');
  t.equal(tag('g', { id: '"' }, tag('b')), '<g id="&quot;"><b/></g>');
  t.equal(label('<1', { x: 2 }), '<text x="2">&lt;1</text>');
  t.equal(htmlTable(['films', '<'], [[3, '']]), tableOf('<th>films</th><th>&lt;</th>', '<td>3</td><td></td>'));
  t.end();
});

function tableOf(...rows: readonly string[]): string {
  return `<table>${rows.map((row) => `<tr>${row}</tr>`).join('')}</table>`;
}

t.test('an axis covers its values with round ticks', (t) => {
  t.strictSame(axisOver('', [0, 37], { whole: true }).ticks, [0, 10, 20, 30, 40]);
  t.strictSame(axisOver('', [0, 1]).ticks, [0, 0.2, 0.4, 0.6, 0.8, 1]);
  t.strictSame(axisOver('', [0, 1], { whole: true }).ticks, [0, 1]);
  t.strictSame(axisOver('', [0, 0]).ticks, [0, 0.2]);
  t.strictSame(axisOver('', [5, 5]).ticks, [5, 6]);
  t.strictSame(axisOver('', [-0.3, 0.1]).ticks, [-0.3, -0.2, -0.1, 0, 0.1]);
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((each) => Math.round(each * 1e3) / 1e3);
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (values) => {
      const { from, to, ticks } = axisOver('', values);
      const slack = 1e-6 * (to - from);
      t.ok(values.every((each) => each >= from - slack && each <= to + slack));
      t.ok(ticks.length >= 2 && ticks.length <= 8, String(ticks));
      t.equal(ticks[0], from);
      t.equal(ticks.at(-1), to);
    }),
  );
  t.end();
});

t.test('values are placed in proportion, or by factors on a logarithmic axis, and stay inside', (t) => {
  const linear = scale({ from: 0, to: 10 }, 100, 0);
  t.strictSame([0, 5, 10, 12].map(linear), [100, 50, 0, 0]);
  const logarithmic = scale({ from: 1, to: 100, logarithmic: true }, 0, 100);
  t.strictSame([1, 10, 100, 0].map(logarithmic), [0, 50, 100, 0]);
  t.end();
});

t.test('axes draw a line and a label for each tick, and their title as text', (t) => {
  const area = { left: 40, right: 140, top: 10, bottom: 110 };
  const axis = { title: 'a < b', from: 0, to: 1, ticks: [0, 1] };
  const x = xAxis(area, axis, { grid: '#ddd' });
  t.equal(x.match(/<path d="M(40|140) 10V110"/g)?.length, 2);
  t.match(x, '>a &lt; b</text>');
  const y = yAxis(area, { ...axis, title: '' }, { grid: '#ddd', unit: ' ms', text: '#fff' });
  t.equal(y.match(/<path d="M40 (10|110)H140"/g)?.length, 2);
  t.match(y, '>1 ms</text>');
  t.notMatch(y, 'rotate');
  t.end();
});

t.test('a line breaks at a missing point', (t) => {
  t.equal(path([[0, 1], [2, 3], undefined, [4, 5]]), 'M0 1L2 3M4 5');
  t.equal(
    path(
      [
        [0, 1],
        [2, 3.456],
      ],
      'steps',
    ),
    'M0 1H2V3.46',
  );
  t.end();
});
