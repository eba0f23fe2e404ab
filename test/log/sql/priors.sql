select "submitter", "patient_ref"
  from "film_references"
  inner join "detections" on "detections"."id" = "film_references"."detection_id"
  where "detections"."id" = $1;

select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "submitter" = $1
  and "detections"."id" in (select "detection_id"
  from "film_references"
  where "patient_ref" = $2)
  and "detections"."id" < $3
  order by "detections"."id" desc
  limit $4;
