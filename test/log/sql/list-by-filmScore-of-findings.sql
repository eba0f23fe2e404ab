select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", "film_score" as "number"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  and "state" = $3
  order by "film_score" desc, "detection_id" desc
  limit $4)) as pages
  order by number desc nulls last, detection_id desc
  limit $5 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number desc nulls last, page.detection_id desc;
