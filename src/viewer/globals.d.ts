/** Addresses of the workers by name (`pyramid` for pyramid.worker.ts), inserted by scripts/build-viewer.mjs. */
declare const VIEWER_WORKERS: Readonly<Record<string, string>>;
