select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  order by "detections"."id" desc
  limit $1;
