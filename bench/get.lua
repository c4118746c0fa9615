-- A GET with one header, named in the environment.
wrk.headers[os.getenv("BENCH_HEADER")] = os.getenv("BENCH_VALUE")
