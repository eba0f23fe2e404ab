insert into "audit_events" ("code", "actor", "request_id", "address", "size_bytes", "sha256", "detail")
  values ($1, $2, $3, $4, $5, $6, $7);
