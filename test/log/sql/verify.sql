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

select "name", "version", "spec", "spec_sha256"
  from "models";
