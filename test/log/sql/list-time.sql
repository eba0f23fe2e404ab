select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", $1::integer as "number"
  from "listed_films"
  where "class" = $2
  and "detection_id" >= $3
  and "detection_id" < $4
  and "state" = $5
  order by "detection_id" desc
  limit $6) union all (select "detection_id", $7::integer as "number"
  from "listed_films"
  where "class" = $8
  and "detection_id" >= $9
  and "detection_id" < $10
  and "state" = $11
  order by "detection_id" desc
  limit $12) union all (select "detection_id", $13::integer as "number"
  from "listed_films"
  where "class" = $14
  and "detection_id" >= $15
  and "detection_id" < $16
  and "state" = $17
  order by "detection_id" desc
  limit $18)) as pages
  order by number desc nulls last, detection_id desc
  limit $19 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number desc nulls last, page.detection_id desc;
