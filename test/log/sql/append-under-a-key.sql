begin;

insert into "idempotency_keys" ("submitter", "key", "body_sha256", "expires_at", "detection_id", "salt")
  values ($1, $2, $3, now(), $4, $5)
  on conflict ("submitter", "key") do update
  set "detection_id" = $6, "salt" = $7
  where "idempotency_keys"."detection_id" is null
  and "idempotency_keys"."body_sha256" = $8;

with "link" as (update "chain_head"
  set "seq" = "seq" + $1, "previous_hash" = "hash", "hash" = sha256("hash" || $2::bytea)
  returning "seq", "previous_hash", "hash"), "boxes" as (insert into "detection_boxes" ("id", "detection_id", "class", "score", "x", "y", "width", "height")
  values ($3, $4, $5, $6, $7, $8, $9, $10)
  returning "id"), "referring" as (select null as "id") insert into "detections" ("id", "created_at", "state", "reason_code", "model_name", "model_version", "spec_sha256", "provider", "submitter", "image_sha256", "threshold", "film_score", "report", "candidates", "candidate_floor", "reviewed_at", "references_digest", "key_digest", "seq", "previous_hash", "hash")
  values ($11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, (select "link"."seq"
  from "link"), (select "link"."previous_hash"
  from "link"), (select "link"."hash"
  from "link"));

commit;
