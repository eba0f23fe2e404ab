select count(*) as "rows"
  from (select "detections"."id"
  from "detections"
  where "detections"."id" in (select "detection_id"
  from "detection_boxes"
  where "class" = $1)
  limit $2) as "found";
