select "seq", "hash"
  from "chain_head";

select *
  from "detections"
  where "seq" >= $1
  and ("seq" > $2
  or ("seq" = $3
  and "id" > $4))
  and "seq" <= $5
  order by "seq", "id"
  limit $6;

select "id"
  from "detections"
  where "seq" > (select "chain_head"."seq"
  from "chain_head");

select distinct "class"
  from "detection_boxes";

select min(id::text) as first, max(id::text) as latest
  from detections
  where seq > $1
  and seq <= $2;

select detection_id as id
  from listed_films
  where class = ''
  and not exists ( select
  from detections
  where id = detection_id
  and detections.state = listed_films.state) union select detection_id
  from listed_films as listed
  where class <> ''
  and not exists ( select
  from detection_boxes as box
  where box.class = listed.class
  and box.detection_id = listed.detection_id)
  order by id;

select "name", "version", "spec", "spec_sha256"
  from "models";
