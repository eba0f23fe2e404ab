select *
  from "film_references"
  where "detection_id" in ($1);
