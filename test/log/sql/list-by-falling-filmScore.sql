select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where film_score is not null
  order by film_score desc, "detections"."id" desc
  limit $1;

select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "state" = $1
  order by "detections"."id" desc
  limit $2;
