/** Builds elements from data. Text stays text: nothing here parses markup, so a file name may contain any. */

type AttributeValue = string | number | boolean | undefined;
type Handlers = { readonly [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };

export interface Attributes {
  /** Listeners by event name. */
  readonly on?: Handlers;
  /** Blocked by the page's content security policy: use a class, or set `node.style.…` for a computed value. */
  readonly style?: never;
  /** `true` is an attribute without a value; `false` and `undefined` omit it. */
  readonly [name: string]: AttributeValue | Handlers;
}

export type Child = Node | string | number | false | null | undefined;

/**
 * `element('button', { type: 'button', class: 'primary', on: { click: send } }, 'Send')`
 *
 * Attributes are named as in markup (`class`, `for`, `aria-label`, `data-state`).
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

/** Like `element`, for SVG. */
export function svgElement<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** Sets attributes of an existing element; the others stay as they are. */
export function setAttributes(node: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'object') listen(node, value);
    else if (value === undefined || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
}

/** The children without those that a condition left out. */
export function nodes(...children: Child[]): (Node | string)[] {
  return children.flatMap((child) =>
    child === null || child === undefined || child === false ? [] : [typeof child === 'number' ? String(child) : child],
  );
}

function filled<E extends Element>(node: E, attributes: Attributes, children: readonly Child[]): E {
  setAttributes(node, attributes);
  node.append(...nodes(...children));
  return node;
}

function listen(node: Element, handlers: Handlers): void {
  for (const [event, handler] of Object.entries(handlers)) {
    // The pair is typed where it is written; the loop only forgets which event goes with which handler.
    if (typeof handler === 'function') node.addEventListener(event, handler as EventListener);
  }
}
