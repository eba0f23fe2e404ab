// A writer whose native code crashes on every film.
process.on('message', (message: { kind: string }) => {
  if (message.kind === 'start') process.send?.({ kind: 'ready', notes: [] });
  else process.kill(process.pid, 'SIGSEGV');
});
