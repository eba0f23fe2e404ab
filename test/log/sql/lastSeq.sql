select "seq"
  from "chain_head";
