select (coalesce(sum("findings"), 0) + coalesce(sum("below_threshold"), 0) + coalesce(sum("not_analysed"), 0))::bigint as "films"
  from "film_tallies";
