update "heartbeat"
  set "at" = now();
