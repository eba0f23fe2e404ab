select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", "box_count" as "number"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  order by "box_count" asc, "detection_id" asc
  limit $3) union all (select "detection_id", $4::integer as "number"
  from "listed_films"
  where "class" = $5
  and "state" = $6
  order by "detection_id" asc
  limit $7) union all (select "detection_id", $8::integer as "number"
  from "listed_films"
  where "class" = $9
  and "state" = $10
  order by "detection_id" asc
  limit $11)) as pages
  order by number asc nulls last, detection_id asc
  limit $12 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number asc nulls last, page.detection_id asc;
