select (coalesce(sum("findings"), 0))::bigint as "films"
  from "film_tallies"
  where day >= (to_timestamp($1) at time zone 'UTC')::date
  and day < (to_timestamp($2) at time zone 'UTC')::date;

select count(*) as "rows"
  from (select "detection_id"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  and "detection_id" >= $3
  and "detection_id" < $4
  limit $5) as "found";

select count(*) as "rows"
  from (select "detection_id"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  and "detection_id" >= $3
  and "detection_id" < $4
  limit $5) as "found";
