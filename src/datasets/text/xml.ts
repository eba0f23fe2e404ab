import { SaxesParser } from 'saxes';
import { escapeXml } from '../../svg/index.js';
import { FormatError } from './fault.js';

export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text directly in the element; '' if it has only children. */
  readonly text: string;
  /** Line on which it opens, from 1. Absent if the element was not read from a file. */
  readonly line?: number;
}

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  readonly line: number;
  text: string;
}

/** Annotations are a few levels deep. Deeper input is an attack on code that walks the tree. */
const deepest = 32;

/**
 * The root of an XML file. Comments and processing instructions are skipped. Entities defined by a DOCTYPE are not
 * expanded: only XML's own five and character references are known.
 *
 * @throws FormatError with the line, if the text is not well-formed
 */
export function readXml(text: string, file: string): XmlElement {
  const parser = new SaxesParser();
  const open: Open[] = [];
  let root: XmlElement | undefined;
  parser.on('error', (error) => {
    throw new FormatError(
      { file, line: parser.line },
      `not well-formed XML: ${error.message.replace(/^\d+:\d+: /, '')}`,
      { cause: error },
    );
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length === deepest)
      throw new FormatError({ file, line: parser.line }, `elements nested more than ${deepest} deep`);
    open.push({ name, attributes: { ...attributes }, children: [], line: parser.line, text: '' });
  });
  const addText = (piece: string) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const element = elementOf(closed);
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.write(text).close();
  if (root === undefined) throw new FormatError({ file, line: 1 }, 'the file holds no XML element');
  return root;
}

function elementOf({ name, attributes, children, line, text }: Open): XmlElement {
  // Between children white space is layout; in an element without children it is content.
  const own = children.length > 0 ? text.trim() : text;
  return { name, ...(Object.keys(attributes).length === 0 ? {} : { attributes }), children, text: own, line };
}

/** The element as text, children indented by a tab as in the VOC devkit. */
export function writeXml(element: XmlElement, depth = 0): string {
  const indent = '\t'.repeat(depth);
  const attributes = Object.entries(element.attributes ?? {}).map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  const open = `${indent}<${element.name}${attributes.join('')}>`;
  const close = `</${element.name}>\n`;
  if (element.children.length === 0) return `${open}${escapeXml(element.text)}${close}`;
  const text = element.text === '' ? '' : `${indent}\t${escapeXml(element.text)}\n`;
  return `${open}\n${text}${element.children.map((child) => writeXml(child, depth + 1)).join('')}${indent}${close}`;
}

/** An element with text, or with children. */
export function xmlElement(name: string, content: string | readonly XmlElement[]): XmlElement {
  return typeof content === 'string' ? { name, children: [], text: content } : { name, children: content, text: '' };
}

/** The text of the first child of that name, trimmed. */
export function childText({ children }: XmlElement, name: string): string | undefined {
  return children.find((child) => child.name === name)?.text.trim();
}
