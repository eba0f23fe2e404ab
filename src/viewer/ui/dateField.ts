import { type Attributes, element } from '../dom/element.js';
import { earliestDay, isDate } from './dates.js';
import { field } from './field.js';
import { icon } from './icon.js';

/**
 * A day, typed in the page's own format (the browser's date field uses the browser's language) or picked from the
 * browser's calendar. Only a complete day is valid.
 */
export function dateField(
  label: string,
  { min = earliestDay, ...attributes }: Attributes & { readonly min?: string } = {},
): { readonly row: HTMLElement; readonly input: HTMLInputElement } {
  const { row, input } = field(label, {
    class: 'day',
    autocomplete: 'off',
    placeholder: 'YYYY-MM-DD',
    maxlength: 10,
    title: 'year-month-day, such as 2026-11-21',
    ...attributes,
  });
  const calendar = element('input', {
    type: 'date',
    class: 'calendar',
    min,
    tabindex: -1,
    'aria-hidden': 'true',
  });
  const check = (): void => {
    const { value } = input;
    input.setCustomValidity(value === '' || (isDate(value) && value >= min) ? '' : 'A date such as 2026-11-21.');
  };
  input.addEventListener('input', check);
  calendar.addEventListener('change', (event) => {
    event.stopPropagation();
    input.value = calendar.value;
    check();
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  const open = element(
    'button',
    {
      type: 'button',
      class: 'quiet pick-day',
      'aria-label': 'Calendar',
      title: 'Calendar',
      on: { click: pick },
    },
    icon('calendar'),
  );
  input.before(element('span', { class: 'with-calendar' }, calendar, open));
  open.before(input);
  return { row, input };

  function pick(): void {
    calendar.value = input.value;
    try {
      calendar.showPicker();
    } catch {
      // The browser has no calendar: the day must be typed.
      input.focus();
    }
  }
}
