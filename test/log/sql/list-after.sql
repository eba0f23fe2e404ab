select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", $1::integer as "number"
  from "listed_films"
  where "class" = $2
  and "state" = $3
  and detection_id < $4::uuid
  order by "detection_id" desc
  limit $5) union all (select "detection_id", $6::integer as "number"
  from "listed_films"
  where "class" = $7
  and "state" = $8
  and detection_id < $9::uuid
  order by "detection_id" desc
  limit $10) union all (select "detection_id", $11::integer as "number"
  from "listed_films"
  where "class" = $12
  and "state" = $13
  and detection_id < $14::uuid
  order by "detection_id" desc
  limit $15)) as pages
  order by number desc nulls last, detection_id desc
  limit $16 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number desc nulls last, page.detection_id desc;
