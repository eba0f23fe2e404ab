delete
  from "idempotency_keys"
  where "detection_id" < $1;
