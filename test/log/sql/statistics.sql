begin isolation level repeatable read read only;

select to_char(day, 'YYYY-MM-DD') as day, model_name, model_version, submitter, findings, below_threshold, not_analysed, reasons, scores, latencies
  from film_tallies
  where day >= $1::date
  and day < $2::date
  and model_name = $3
  and submitter = $4;

commit;
