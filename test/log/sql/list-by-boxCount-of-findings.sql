select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", "box_count" as "number"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  and "state" = $3
  order by "box_count" asc, "detection_id" asc
  limit $4)) as pages
  order by number asc nulls last, detection_id asc
  limit $5 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number asc nulls last, page.detection_id asc;
