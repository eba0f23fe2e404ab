import { type Attributes, element } from '../dom/element.js';

/** An input with its label above. The hint, if there is one, is read out with it. */
export function field(
  label: string,
  attributes: Attributes & { readonly hint?: string },
): { readonly row: HTMLElement; readonly input: HTMLInputElement } {
  const { hint, ...rest } = attributes;
  const id = `field-${++count}`;
  const input = element('input', {
    id,
    spellcheck: 'false',
    ...rest,
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
  });
  return {
    input,
    row: element(
      'div',
      { class: 'field' },
      element('label', { for: id }, label),
      input,
      hint !== undefined && element('small', { id: `${id}-hint` }, hint),
    ),
  };
}

export function choice<T extends string>(
  label: string,
  options: readonly (readonly [value: T, text: string])[],
  attributes: Attributes = {},
): { readonly row: HTMLElement; readonly select: HTMLSelectElement; value(): T } {
  const id = `field-${++count}`;
  const select = element(
    'select',
    { id, ...attributes },
    ...options.map(([value, text]) => element('option', { value }, text)),
  );
  return {
    select,
    row: element('div', { class: 'field' }, element('label', { for: id }, label), select),
    value() {
      const found = options.find(([value]) => value === select.value) ?? options[0];
      if (found === undefined) throw new Error(`${label} has no options.`);
      return found[0];
    },
  };
}

/** A password field with a button that reveals it: nobody types a long one blind. */
export function passwordField(
  label: string,
  attributes: Attributes & { readonly hint?: string },
): { readonly row: HTMLElement; readonly input: HTMLInputElement } {
  const { row, input } = field(label, {
    type: 'password',
    required: true,
    maxlength: 1024,
    autocapitalize: 'none',
    ...attributes,
  });
  const show = element(
    'button',
    {
      type: 'button',
      class: 'show',
      'aria-pressed': 'false',
      'aria-label': `Show what is typed in ${label}`,
      on: { click: toggle },
    },
    'show',
  );
  const together = element('span', { class: 'with-button' });
  input.before(together);
  together.append(input, show);
  return { row, input };

  function toggle(): void {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    show.setAttribute('aria-pressed', String(shown));
    show.textContent = shown ? 'hide' : 'show';
  }
}

let count = 0;
