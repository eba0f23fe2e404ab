select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "detections"."id" < $1
  order by "detections"."id" desc
  limit $2;
