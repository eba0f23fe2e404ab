select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "state" = $1
  and box_count_of(report) >= 1
  order by box_count_of(report) asc, "detections"."id" asc
  limit $2;
