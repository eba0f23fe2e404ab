delete
  from "idempotency_keys"
  where "submitter" = $1
  and "key" = $2
  and "detection_id" is null;
