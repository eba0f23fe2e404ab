select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "model_name" = $1
  order by "detections"."id" desc
  limit $2;
