select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", "box_count" as "number"
  from "listed_films"
  where "class" = $1
  and "state" = $2
  order by "box_count" desc, "detection_id" desc
  limit $3) union all (select "detection_id", $4::integer as "number"
  from "listed_films"
  where "class" = $5
  and "state" = $6
  order by "detection_id" desc
  limit $7) union all (select "detection_id", $8::integer as "number"
  from "listed_films"
  where "class" = $9
  and "state" = $10
  order by "detection_id" desc
  limit $11)) as pages
  order by number desc nulls last, detection_id desc
  limit $12 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number desc nulls last, page.detection_id desc;
