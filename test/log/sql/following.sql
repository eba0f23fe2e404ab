select "seq"
  from "chain_head";

select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor", "seq"
  from "detections"
  where "seq" > $1
  and "seq" <= $2
  order by "seq"
  limit $3;
