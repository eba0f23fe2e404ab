import { ApiFault } from '../api/index.js';
import { type Child, element } from '../dom/element.js';

/**
 * A form that does something on the server. It can't be sent twice at a time; if it fails, it says why and keeps
 * everything that was typed.
 */
export function actionForm(
  {
    act,
    class: name,
    submit,
    cancel,
  }: {
    readonly act: string;
    readonly class?: string;
    readonly submit: () => Promise<void>;
    /** Leaves the form: a button beside the other. */
    readonly cancel?: () => void;
  },
  ...children: Child[]
): HTMLFormElement {
  const fault = element('p', { class: 'fault', role: 'alert' });
  const button = element('button', { type: 'submit', class: 'primary' }, act);
  const form = element(
    'form',
    {
      class: name,
      on: {
        submit: (event) => {
          event.preventDefault();
          void send();
        },
      },
    },
    ...children,
    element(
      'p',
      { class: 'buttons' },
      button,
      cancel !== undefined && element('button', { type: 'button', on: { click: cancel } }, 'Cancel'),
    ),
    fault,
  );
  return form;

  async function send(): Promise<void> {
    fault.replaceChildren();
    button.disabled = true;
    try {
      await submit();
    } catch (error) {
      fault.replaceChildren(faultText(error));
    } finally {
      button.disabled = false;
    }
  }
}

export function faultText(error: unknown): string {
  if (error instanceof ApiFault)
    return error.code === 'unreachable'
      ? 'The server is not responding. Nothing was changed; try again.'
      : error.message;
  return error instanceof Error ? error.message : String(error);
}

/** Whether a call was aborted because its page was left; such a call shows no error. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
