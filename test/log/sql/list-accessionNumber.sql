select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from ( select detection_id, number
  from ((select "detection_id", $1::integer as "number"
  from "listed_films"
  where "class" = $2
  and "detection_id" in (select "film_references"."detection_id"
  from "film_references"
  where "accession_number" = $3)
  and "state" = $4
  order by "detection_id" desc
  limit $5) union all (select "detection_id", $6::integer as "number"
  from "listed_films"
  where "class" = $7
  and "detection_id" in (select "film_references"."detection_id"
  from "film_references"
  where "accession_number" = $8)
  and "state" = $9
  order by "detection_id" desc
  limit $10) union all (select "detection_id", $11::integer as "number"
  from "listed_films"
  where "class" = $12
  and "detection_id" in (select "film_references"."detection_id"
  from "film_references"
  where "accession_number" = $13)
  and "state" = $14
  order by "detection_id" desc
  limit $15)) as pages
  order by number desc nulls last, detection_id desc
  limit $16 ) as page
  inner join detections on detections.id = page.detection_id
  order by page.number desc nulls last, page.detection_id desc;
