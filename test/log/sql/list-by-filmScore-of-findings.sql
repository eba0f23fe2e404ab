select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "state" = $1
  and (case state when 'findings' then 2 + film_score when 'below-threshold' then film_score end) between 2
  and 3
  order by (case state when 'findings' then 2 + film_score when 'below-threshold' then film_score end) desc, "detections"."id" desc
  limit $2;
