select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor", "seq"
  from "detections"
  where "seq" > $1
  order by "seq"
  limit $2;
