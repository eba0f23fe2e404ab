select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "detections"."id" in (select "detection_id"
  from "film_references"
  where "accession_number" = $1)
  order by "detections"."id" desc
  limit $2;
