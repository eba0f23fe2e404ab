begin;

delete
  from "film_references"
  where "patient_ref" = $1
  returning "detection_id";

select "report"
  from "detections"
  where "id" = $1
  for update;

update "detections"
  set "references_erased_at" = now(), "report" = $1
  where "id" = $2;

delete
  from "idempotency_keys"
  where "detection_id" in ($1);

insert into "audit_events" ("code", "actor", "request_id", "address", "size_bytes", "sha256", "detail")
  values ($1, $2, $3, $4, $5, $6, $7);

commit;
