select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", "film_score" as "number"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  order by "film_score" desc, "detection_id" desc
  limit $3) union all (select "detection_id", "film_score" as "number"
  from "listed_films"
  where "class" = $4
  and "state" = $5
  order by "film_score" desc, "detection_id" desc
  limit $6) union all (select "detection_id", $7::integer as "number"
  from "listed_films"
  where "class" = $8
  and "state" = $9
  order by "detection_id" desc
  limit $10)) as pages
  order by number desc nulls last, detection_id desc
  limit $11 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number desc nulls last, page.detection_id desc;
