begin;

truncate trial_rows;

insert into trial_rows (filler) select repeat('x', 8000)
  from generate_series(1, $1::int);

update "heartbeat"
  set "at" = now();

commit;
