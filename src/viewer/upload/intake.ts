import type { UploadFields } from '../api/index.js';
import type { FileToSend, UploadQueue } from './queue.js';

export interface Intake {
  /** What is sent with a file of this name; the list of films sets it while its fields are shown. */
  fields: (fileName: string) => UploadFields;
  /** Why nothing may be sent as things are; undefined if it may. Set like `fields`. */
  refusal: () => string | undefined;
  /** Called when files were taken with these fields. */
  taken: () => void;
  /** Opens the browser's file chooser. */
  choose(): void;
  take(files: readonly File[]): void;
  close(): void;
}

export interface IntakeOptions {
  readonly uploads: UploadQueue;
  readonly host: HTMLElement;
  readonly say: (text: string) => void;
}

/**
 * Takes films that are dropped anywhere in the window, pasted or chosen. Without it, a file that misses its
 * target would replace the page, and uploads in progress would be lost.
 */
export function openIntake({ uploads, host, say }: IntakeOptions): Intake {
  const intake: Intake = {
    fields: () => ({}),
    refusal: () => undefined,
    taken: () => undefined,
    choose,
    take,
    close: () => {
      stop.abort();
    },
  };
  const stop = new AbortController();
  const { signal } = stop;
  let pasted = 0;
  // Every element that the pointer crosses fires its own enter and leave.
  let depth = 0;
  window.addEventListener(
    'dragenter',
    (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth += 1;
      host.dataset['dropping'] = 'true';
    },
    { signal },
  );
  window.addEventListener(
    'dragleave',
    (event) => {
      if (!holdsFiles(event)) return;
      depth -= 1;
      if (depth <= 0) ended();
    },
    { signal },
  );
  window.addEventListener(
    'dragover',
    (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null)
        event.dataTransfer.dropEffect = document.querySelector('dialog[open]') === null ? 'copy' : 'none';
    },
    { signal },
  );
  window.addEventListener(
    'drop',
    (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      ended();
      if (document.querySelector('dialog[open]') === null) drop(event.dataTransfer);
    },
    { signal },
  );
  window.addEventListener(
    'paste',
    (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      send(files.map((file) => ({ file, name: `pasted picture ${++pasted}`, pasted: true })));
    },
    { signal },
  );
  return intake;

  function take(files: readonly File[]): void {
    send(files.map((file) => ({ file, name: file.name })));
  }

  /** The chip in the bar and the rows of the queue show what happens to them. */
  function send(files: readonly FileToSend[]): void {
    if (files.length === 0) return;
    const refusal = intake.refusal();
    if (refusal !== undefined) {
      say(refusal);
      return;
    }
    for (const file of files) uploads.add([file], intake.fields(file.name));
    intake.taken();
  }

  function drop(data: DataTransfer | null): void {
    if (data === null) return;
    const folders = [...data.items].filter((item) => item.webkitGetAsEntry()?.isDirectory === true).length;
    const files = [...data.items].flatMap((item) =>
      item.webkitGetAsEntry()?.isDirectory === true ? [] : [item.getAsFile() ?? []].flat(),
    );
    take(files);
    if (folders > 0) say('Folders are not accepted: open the folder and drop the films in it.');
  }

  function choose(): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    // Everything may be chosen: archives export DICOM films without an extension. The server looks at the bytes.
    input.addEventListener('change', () => {
      take([...(input.files ?? [])]);
    });
    input.click();
  }

  function ended(): void {
    depth = 0;
    delete host.dataset['dropping'];
  }
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}
