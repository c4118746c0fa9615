-- Reads the newest page of the ledger.
wrk.headers["cookie"] = os.getenv("BENCH_COOKIE")
