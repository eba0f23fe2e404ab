select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", $1::integer as "number"
  from "listed_films"
  where "class" = $2
  and "state" = $3
  and "film_score" >= $4
  and "state" = $5
  order by "detection_id" desc
  limit $6)) as pages
  order by number desc nulls last, detection_id desc
  limit $7 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number desc nulls last, page.detection_id desc;
