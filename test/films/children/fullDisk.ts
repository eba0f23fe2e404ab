// A writer that finds the disk full.
process.on('message', (message: { kind: string; job?: number }) => {
  if (message.kind === 'start') process.send?.({ kind: 'ready', notes: [] });
  else
    process.send?.({
      kind: 'not-written',
      job: message.job,
      message: "ENOSPC: no space left on device, write '/srv/films/x'",
      reason: 'the disk of the service is full',
    });
});
