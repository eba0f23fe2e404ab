/** Addresses of the workers by name (`pyramid` for pyramid.worker.ts), put in by scripts/build-viewer.mjs. */
declare const VIEWER_WORKERS: Readonly<Record<string, string>>;
