-- Makes a link with an operation id of its own in every request.
math.randomseed(os.time())
local function hex(n)
  local s = ""
  for _ = 1, n do s = s .. string.format("%x", math.random(0, 15)) end
  return s
end
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["cookie"] = os.getenv("BENCH_COOKIE")
local rest = os.getenv("BENCH_BODY")
request = function()
  local id = hex(8) .. "-" .. hex(4) .. "-4" .. hex(3) .. "-8" .. hex(3) .. "-" .. hex(12)
  return wrk.format(nil, nil, nil, '{"operationId":"' .. id .. '",' .. rest)
end
