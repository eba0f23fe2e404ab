insert into "idempotency_keys" ("submitter", "key", "body_sha256", "expires_at", "detection_id")
  values ($1, $2, $3, now() + $4::double precision * interval '1 second', $5)
  on conflict ("submitter", "key") do update
  set "body_sha256" = "excluded"."body_sha256", "expires_at" = "excluded"."expires_at"
  where "idempotency_keys"."detection_id" is null
  and "idempotency_keys"."expires_at" <= now();
