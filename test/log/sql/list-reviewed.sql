select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "reviewed_at" is not null
  order by "detections"."id" desc
  limit $1;
