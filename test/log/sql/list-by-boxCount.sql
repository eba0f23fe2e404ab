select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where box_count_of(report) is not null
  order by box_count_of(report) asc, "detections"."id" asc
  limit $1;

select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "state" = $1
  order by "detections"."id" asc
  limit $2;
