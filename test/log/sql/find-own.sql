select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "submitter" = $1
  and "detections"."id" = $2;
