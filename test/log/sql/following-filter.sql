select "seq"
  from "chain_head";

select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor", "seq"
  from "detections"
  where "seq" > $1
  and "seq" <= $2
  and "id" in (select "detection_id"
  from "listed_films"
  where "class" = $3
  and "state" = $4
  and "submitter" = $5)
  order by "seq"
  limit $6;
