begin isolation level repeatable read read only;

select to_char(day, 'YYYY-MM-DD') as day, model_name, model_version, submitter, findings, below_threshold, not_analysed, reasons, scores, latencies
  from tallies_of_rows($1, $2)
  where true;

select to_char(day, 'YYYY-MM-DD') as day, model_name, model_version, submitter, findings, below_threshold, not_analysed, reasons, scores, latencies
  from film_tallies
  where day >= $1::date
  and day < $2::date;

select to_char(day, 'YYYY-MM-DD') as day, model_name, model_version, submitter, findings, below_threshold, not_analysed, reasons, scores, latencies
  from tallies_of_rows($1, $2)
  where true;

commit;
