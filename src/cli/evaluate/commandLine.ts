interface Choices {
  readonly models?: string;
  readonly images: readonly string[];
  readonly annotations: readonly string[];
  readonly films: readonly string[];
  readonly set: readonly string[];
  readonly split?: string;
  readonly from?: string;
  readonly classes?: string;
  readonly label?: string;
  readonly vocPixels?: string;
  readonly viaLabel?: string;
}

/** The command that makes the same results again. Where its output went is one machine's: it goes to `report`. */
export function commandLine(
  { models, images, annotations, films, set, split, from, classes, label, vocPixels, viaLabel }: Choices,
  model: string,
): string {
  const format = [
    ...word('--from', from),
    ...word('--classes', classes),
    ...word('--label', label),
    ...word('--voc-pixels', vocPixels),
    ...word('--via-label', viaLabel),
  ];
  const sets = images.flatMap((folder, i) => [
    ...word('--images', folder),
    ...word('--annotations', annotations[i]),
    ...word('--films', films[i]),
    ...word('--set', set[i]),
  ]);
  return [
    'npm run -s cli --',
    'evaluate',
    ...word('--models', models),
    ...word('--model', model),
    ...sets,
    ...format,
    ...word('--split', split),
    '--out report',
  ].join(' ');
}

function word(option: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  return [option, /^[\w./:=@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`];
}
