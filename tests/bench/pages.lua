-- Asks for the addresses of a file in turn, each time as another visitor. A line with a tab is a form: address, body.
local asks, turn = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, body = line:match("^(.-)\t(.*)$")
    asks[#asks + 1] = { path = path or line, body = body }
  end
  math.randomseed(os.time())
  turn = math.random(#asks)
end

function request()
  turn = turn % #asks + 1
  local ask = asks[turn]
  local visitor = string.format("10.%d.%d.%d", math.random(0, 255), math.random(0, 255), math.random(0, 255))
  local headers = { ["X-Forwarded-For"] = visitor, ["Accept-Encoding"] = "gzip, br" }
  if ask.body then
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return wrk.format("POST", ask.path, headers, ask.body)
  end
  return wrk.format("GET", ask.path, headers)
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("RESULT %d %d %d\n", summary.requests, summary.duration, failed))
end
