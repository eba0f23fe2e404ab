with "link" as (update "chain_head"
  set "seq" = "seq" + $1, "previous_hash" = "hash", "hash" = sha256("hash" || $2::bytea)
  returning "seq", "previous_hash", "hash"), "boxes" as (insert into "detection_boxes" ("id", "detection_id", "class", "score", "x", "y", "width", "height")
  values ($3, $4, $5, $6, $7, $8, $9, $10)
  returning "id"), "referring" as (insert into "film_references" ("detection_id", "patient_ref", "accession_number", "study_instance_uid", "series_instance_uid", "sop_instance_uid", "external_id", "study_date", "label", "salt")
  values ($11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
  returning "detection_id" as "id") insert into "detections" ("id", "created_at", "state", "reason_code", "model_name", "model_version", "spec_sha256", "provider", "submitter", "image_sha256", "threshold", "film_score", "report", "candidates", "candidate_floor", "reviewed_at", "references_digest", "key_digest", "seq", "previous_hash", "hash")
  values ($21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, (select "link"."seq"
  from "link"), (select "link"."previous_hash"
  from "link"), (select "link"."hash"
  from "link"));
