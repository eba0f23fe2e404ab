select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", $1::integer as "number"
  from "listed_films"
  where "class" = $2
  and exists (select "reviews"."id"
  from "reviews"
  where "reviews"."detection_id" = "listed_films"."detection_id")
  and "state" = $3
  order by "detection_id" desc
  limit $4) union all (select "detection_id", $5::integer as "number"
  from "listed_films"
  where "class" = $6
  and exists (select "reviews"."id"
  from "reviews"
  where "reviews"."detection_id" = "listed_films"."detection_id")
  and "state" = $7
  order by "detection_id" desc
  limit $8) union all (select "detection_id", $9::integer as "number"
  from "listed_films"
  where "class" = $10
  and exists (select "reviews"."id"
  from "reviews"
  where "reviews"."detection_id" = "listed_films"."detection_id")
  and "state" = $11
  order by "detection_id" desc
  limit $12)) as pages
  order by number desc nulls last, detection_id desc
  limit $13 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number desc nulls last, page.detection_id desc;
