insert into "models" ("name", "version", "spec_sha256", "onnx_sha256", "spec")
  values ($1, $2, $3, $4, $5)
  on conflict do nothing;

select "spec_sha256"
  from "models"
  where "name" = $1
  and "version" = $2;
