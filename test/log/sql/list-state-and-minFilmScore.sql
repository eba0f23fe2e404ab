select "detections"."id", "detections"."report", "detections"."candidates", "detections"."candidate_floor"
  from "detections"
  where "state" = $1
  and "film_score" >= $2
  and (case state when 'findings' then 2 + film_score when 'below-threshold' then film_score end) between $3
  and $4
  order by "detections"."id" desc
  limit $5;
