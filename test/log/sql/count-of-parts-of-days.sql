select (coalesce(sum("findings"), 0))::bigint as "films"
  from "film_tallies"
  where day >= (to_timestamp($1) at time zone 'UTC')::date
  and day < (to_timestamp($2) at time zone 'UTC')::date;

select count(*) as "rows"
  from (select "detections"."id"
  from "detections"
  where "state" = $1
  and "detections"."id" >= $2
  and "detections"."id" < $3
  limit $4) as "found";

select count(*) as "rows"
  from (select "detections"."id"
  from "detections"
  where "state" = $1
  and "detections"."id" >= $2
  and "detections"."id" < $3
  limit $4) as "found";
