select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", "film_score" as "number"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  order by "film_score" asc, "detection_id" asc
  limit $3) union all (select "detection_id", "film_score" as "number"
  from "listed_films"
  where "class" = $4
  and "state" = $5
  order by "film_score" asc, "detection_id" asc
  limit $6) union all (select "detection_id", $7::integer as "number"
  from "listed_films"
  where "class" = $8
  and "state" = $9
  order by "detection_id" asc
  limit $10)) as pages
  order by number asc nulls last, detection_id asc
  limit $11 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number asc nulls last, page.detection_id asc;
