-- Asks for the addresses of a file in turn, each time as another visitor. A line with a tab is a form: address, body.
-- Each request has a connection of its own, so that it goes to whichever worker is free: open connections stay with
-- the worker that accepted them, and by chance one worker would have most of them and the other little to do.
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
  local headers = { ["X-Forwarded-For"] = visitor, ["Accept-Encoding"] = "gzip, br", ["Connection"] = "close" }
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
