select "id", film_score as "number"
  from "detections"
  where "id" = $1;

select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where film_score is not null
  and (film_score, detections.id) > ($1::double precision, $2::uuid)
  order by film_score asc, "detections"."id" asc
  limit $3;

select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "state" = $1
  order by "detections"."id" asc
  limit $2;
