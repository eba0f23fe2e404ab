select "submitter", "patient_ref"
  from "film_references"
  inner join "detections" on "detections"."id" = "film_references"."detection_id"
  where "detections"."id" = $1;

select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "film_references"
  inner join "detections" on "detections"."id" = "film_references"."detection_id"
  where "patient_ref" = $1
  and "submitter" = $2
  and "detections"."id" != $3
  order by "study_date" desc nulls last, "detections"."id" desc
  limit $4;
