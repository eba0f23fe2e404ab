update "idempotency_keys"
  set "expires_at" = now() + $1::double precision * interval '1 second'
  where "submitter" = $2
  and "key" = $3
  and "body_sha256" = $4
  and "detection_id" is null;
