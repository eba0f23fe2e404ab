select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "film_score" >= $1
  order by "detections"."id" desc
  limit $2;
