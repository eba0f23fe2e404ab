select count(*) as "rows"
  from (select "detection_id"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  limit $3) as "found";
