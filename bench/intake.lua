-- Sends signed deliveries from a file, each once: lines of token, timestamp, signature and body.
local lines = {}
local position = 0
function init()
  for line in io.lines(os.getenv("BENCH_DELIVERIES")) do lines[#lines + 1] = line end
end
request = function()
  position = position + 1
  local token, timestamp, signature, body = string.match(lines[position], "^(%S+) (%S+) (%S+) (.*)$")
  return wrk.format("POST", "/api/hooks/" .. token, {
    ["content-type"] = "application/json",
    ["x-herohealth-timestamp"] = timestamp,
    ["x-herohealth-signature"] = signature,
  }, body)
end
