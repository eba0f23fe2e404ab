import { type Api, ApiFault } from '../api/index.js';
import { element } from '../dom/element.js';
import { keys } from '../keys/keys.js';
import { type ExpiryStep, expiryStep } from './expiryStep.js';
import { faultText } from '../ui/form.js';

/** Poll interval once a session should have ended: the server may say that it continues. */
const askEveryMs = 5000;

/**
 * Warns two minutes ahead and lets the user extend the session with one key. After its end, any call brings up the
 * sign-in, so one is made at once: nothing about a patient may stay visible.
 */
export function watchExpiry(api: Api, host: HTMLElement): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let askedAtMs = -Infinity;
  let bar: { readonly remove: () => void; readonly tell: (endsInMs: number) => void } | undefined;
  const unsubscribe = api.session.subscribe(plan);
  plan();
  return () => {
    unsubscribe();
    clearTimeout(timer);
    bar?.remove();
  };

  function plan(): void {
    clearTimeout(timer);
    const { current } = api.session;
    const step: ExpiryStep =
      current === undefined
        ? { kind: 'wait', ms: 60_000 }
        : expiryStep(Date.parse(current.expiresAt), api.session.serverNow());
    if (step.kind === 'warn') {
      bar ??= warning(api, host);
      bar.tell(step.endsInMs);
      timer = setTimeout(plan, 1000);
      return;
    }
    bar?.remove();
    bar = undefined;
    // Check once a minute: timers take at most 2^31 ms, and a laptop may have slept.
    timer =
      step.kind === 'ended'
        ? setTimeout(
            () => {
              void ask();
            },
            Math.max(0, askedAtMs + askEveryMs - performance.now()),
          )
        : setTimeout(plan, Math.min(step.ms, 60_000));
  }

  /** Any call that needs the session would do; this one reads least. */
  async function ask(): Promise<void> {
    if (api.session.current === undefined) return;
    askedAtMs = performance.now();
    try {
      await api.stillSignedIn();
    } catch {
      // Without an answer nobody knows, so ask again.
      timer = setTimeout(plan, askEveryMs);
    }
  }
}

function warning(
  api: Api,
  host: HTMLElement,
): { readonly remove: () => void; readonly tell: (endsInMs: number) => void } {
  const left = element('span', { class: 'left', 'aria-hidden': 'true' });
  const fault = element('span', {});
  const stay = element(
    'button',
    {
      type: 'button',
      class: 'primary',
      on: {
        click: () => {
          void extend();
        },
      },
    },
    'Stay signed in (Y)',
  );
  const bar = element(
    'div',
    { class: 'expiry', role: 'alert' },
    'You will be signed out in two minutes or less. Nothing will be lost. ',
    left,
    stay,
    fault,
  );
  host.append(bar);
  const unregister = keys.register('Session', [
    {
      id: 'page.stay',
      keys: ['y'],
      help: 'Stay signed in, when the session is about to end',
      press: () => {
        void extend();
      },
    },
  ]);
  return {
    remove() {
      unregister();
      bar.remove();
    },
    tell(endsInMs) {
      const seconds = Math.ceil(endsInMs / 1000);
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} `;
    },
  };

  async function extend(): Promise<void> {
    try {
      const { expiresAt } = await api.extend();
      if (expiryStep(Date.parse(expiresAt), api.session.serverNow()).kind !== 'wait')
        fault.textContent = ' This session has reached its time limit: sign in again when it ends.';
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      fault.textContent = ` ${faultText(error)}`;
    }
  }
}
