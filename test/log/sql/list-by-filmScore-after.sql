select "state", "film_score", "box_count"
  from "listed_films"
  where "class" = $1
  and "detection_id" = $2;
