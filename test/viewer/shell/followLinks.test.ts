import t from 'tap';
import { type Link, pathWithinPage } from '../../../src/viewer/shell/followLinks.js';

/** Which links the page follows by itself, and which are the browser's. */

const origin = 'https://films.example';
const plain = { defaultPrevented: false, button: 0, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

function link(href: string, attributes: Readonly<Record<string, string>> = {}): Link {
  const { origin: its, pathname, search } = new URL(href, origin);
  return {
    origin: its,
    pathname,
    search,
    dataset: 'data-outside' in attributes ? { outside: '' } : {},
    getAttribute: (name) => (name === 'href' ? href : (attributes[name] ?? null)),
    hasAttribute: (name) => name in attributes,
  };
}

t.test('a plain click on a link of this page changes the page', (t) => {
  t.equal(pathWithinPage(link('/films?state=findings'), plain, origin), '/films?state=findings');
  t.end();
});

t.test("other sites, downloads, the API pages and places on the page are the browser's", (t) => {
  for (const its of [
    link('https://elsewhere.example/films'),
    link('/v1/exports.csv', { download: '' }),
    link('/docs', { 'data-outside': '' }),
    link('#main'),
  ])
    t.equal(pathWithinPage(its, plain, origin), undefined, its.getAttribute('href') ?? '');
  t.end();
});

t.test("a click for another tab or window is the browser's", (t) => {
  for (const change of [
    { button: 1 },
    { ctrlKey: true },
    { metaKey: true },
    { shiftKey: true },
    { altKey: true },
    { defaultPrevented: true },
  ])
    t.equal(pathWithinPage(link('/films'), { ...plain, ...change }, origin), undefined, JSON.stringify(change));
  t.end();
});
