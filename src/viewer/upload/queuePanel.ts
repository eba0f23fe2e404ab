import { element } from '../dom/element.js';
import { when } from '../ui/dates.js';
import { reasonTitle, scoreText } from '../report/stateWords.js';
import type { UploadQueue } from './queue.js';
import type { Upload } from './upload.js';
import { progressWords, worthAnotherTry } from './words.js';

/** Every film being sent, and its result. Rows keep their elements, so that the focus stays where it is. */
export function queuePanel(queue: UploadQueue): { readonly node: HTMLElement; readonly close: () => void } {
  const rows = new Map<number, Row>();
  const list = element('ul', {});
  const clear = element(
    'button',
    {
      type: 'button',
      class: 'quiet',
      on: {
        click: () => {
          queue.clear();
        },
      },
    },
    'Remove finished',
  );
  const heading = element('h2', {}, 'Sending');
  const node = element(
    'section',
    { class: 'queue', 'aria-label': 'Films being sent' },
    element('div', { class: 'queue-head' }, heading, clear),
    list,
  );
  const unsubscribe = queue.subscribe(show);
  // The seconds of films being analysed advance without any news.
  const ticking = setInterval(() => {
    if (queue.uploads.some(({ status }) => status.kind === 'analysing')) show();
  }, 1000);
  show();
  return {
    node,
    close() {
      clearInterval(ticking);
      unsubscribe();
    },
  };

  function show(): void {
    const { uploads } = queue;
    node.hidden = uploads.length === 0;
    clear.hidden = !uploads.some(({ status }) => status.kind === 'done' || status.kind === 'same');
    heading.textContent =
      queue.unsent > 0 ? `Sending: ${uploads.length - queue.unsent} of ${uploads.length} done` : doneText(uploads);
    for (const [id, row] of rows) {
      if (uploads.some((upload) => upload.id === id)) continue;
      row.node.remove();
      rows.delete(id);
    }
    for (const upload of uploads) {
      let row = rows.get(upload.id);
      if (row === undefined) {
        row = newRow(upload);
        rows.set(upload.id, row);
        list.append(row.node);
      }
      row.show(upload);
    }
  }

  function newRow({ id, name, pasted, fields }: Upload): Row {
    const progress = element('progress', { max: 1, 'aria-label': `Progress of ${name}` });
    const words = element('span', { class: 'words' });
    const result = element('span', { class: 'result' });
    const again = element('button', {
      type: 'button',
      on: {
        click: () => {
          queue.again(id);
        },
      },
    });
    const remove = element(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-label': `Remove ${name} from the list`,
        on: {
          click: () => {
            queue.remove(id);
          },
        },
      },
      '✕',
    );
    const tags = [
      pasted && '8-bit copy',
      fields.patientRef !== undefined && `patient ${fields.patientRef}`,
      fields.accessionNumber !== undefined && `accession ${fields.accessionNumber}`,
      fields.studyDate !== undefined && `study ${fields.studyDate}`,
      fields.label !== undefined && fields.label !== name && fields.label,
      fields.model !== undefined && `by ${fields.model}`,
    ];
    const row = element(
      'li',
      {},
      element('span', { class: 'name', title: name }, name),
      element(
        'span',
        { class: 'what' },
        ...tags.map((tag) => tag !== false && element('span', { class: 'tag' }, tag)),
        progress,
        words,
        result,
      ),
      again,
      remove,
    );
    let shown = '';
    return {
      node: row,
      show({ status }) {
        row.dataset['upload'] = status.kind;
        progress.hidden = status.kind !== 'sending' && status.kind !== 'analysing';
        if (status.kind === 'sending') progress.value = status.part;
        else progress.removeAttribute('value');
        const text = status.kind === 'done' ? '' : progressWords(status, Date.now());
        if (words.textContent !== text) words.textContent = text;
        again.hidden = !(status.kind === 'same' || (status.kind === 'failed' && worthAnotherTry(status.fault)));
        again.textContent = status.kind === 'same' ? 'Send it anyway' : 'Try again';
        const key = resultKey(status, queue);
        if (key !== shown) result.replaceChildren(...resultNodes(status, queue));
        shown = key;
      },
    };
  }
}

/** How many were sent and how many refused: nobody will read a refused film. */
function doneText(uploads: readonly Upload[]): string {
  const count = (...kinds: readonly Upload['status']['kind'][]): number =>
    uploads.filter(({ status }) => kinds.includes(status.kind)).length;
  const parts = [
    ['sent', count('done')],
    ['already known', count('same')],
    ['refused', count('failed')],
  ] as const;
  return parts.flatMap(([what, films]) => (films === 0 ? [] : [`${films} ${what}`])).join(', ');
}

interface Row {
  readonly node: HTMLElement;
  show(upload: Upload): void;
}

type Status = Upload['status'];

/** What the result depends on: it is rebuilt only when this changes. */
function resultKey(status: Status, queue: UploadQueue): string {
  switch (status.kind) {
    case 'done':
      return status.report.id;
    case 'same':
      return filmBehind(status, queue)?.id ?? 'same';
    case 'failed':
      return status.fault.detectionId ?? 'failed';
    default:
      return '';
  }
}

function resultNodes(status: Status, queue: UploadQueue): Node[] {
  switch (status.kind) {
    case 'done':
      return [
        element('a', { href: `/films/${status.report.id}`, 'data-state': status.report.state }, verdict(status.report)),
      ];
    case 'same': {
      const film = filmBehind(status, queue);
      if (film !== undefined)
        return [element('a', { href: `/films/${film.id}` }, film.name ?? `the film of ${when(film.createdAt)}`)];
      const { as } = status;
      const twin = 'upload' in as ? queue.uploads.find(({ id }) => id === as.upload) : undefined;
      return [document.createTextNode(twin?.name ?? 'another film in this list')];
    }
    case 'failed':
      return status.fault.detectionId === undefined
        ? []
        : [element('a', { href: `/films/${status.fault.detectionId}` }, 'Open')];
    default:
      return [];
  }
}

/** The earlier film with these bytes: in the log, or just sent from this queue. */
function filmBehind(
  { as }: Extract<Status, { kind: 'same' }>,
  queue: UploadQueue,
): { readonly id: string; readonly createdAt: string; readonly name?: string } | undefined {
  if ('id' in as) return as;
  const twin = queue.uploads.find(({ id }) => id === as.upload);
  return twin?.status.kind === 'done' ? { ...twin.status.report, name: twin.name } : undefined;
}

function verdict(report: Extract<Status, { kind: 'done' }>['report']): string {
  switch (report.state) {
    case 'findings':
      return `FINDINGS: ${boxesText(report.detections.length)} ≥ ${scoreText(report.threshold)}`;
    case 'below-threshold':
      return `NO BOX ≥ ${scoreText(report.threshold)}`;
    case 'not-analysed':
      return `NOT ANALYSED: ${reasonTitle(report.reason.code)}`;
  }
}

function boxesText(count: number): string {
  return `${count} ${count === 1 ? 'box' : 'boxes'}`;
}
