/* What the verbs of the script of Redis have in common: the lines, the ends of jobs, and what is told. `redis-script.ts` names the keys. */

/** The beginning of the script. */
export const redisBase: string = `
local P = KEYS[1]
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local Q = P .. 'q'
local call = redis.call
local heard = call('PUBSUB', 'NUMSUB', P .. 'events')[2] ~= 0
local work = false
local rule, keep

local function say(kind, id, starts, more)
  if not heard then return end
  local head = '{"type":"' .. kind .. '","time":' .. string.format('%.0f', now)
  if id then head = head .. ',"id":' .. cjson.encode(id) .. ',"attempt":' .. starts end
  call('PUBLISH', P .. 'events', head .. (more or '') .. '}')
end

local function why(err)
  if not err or err == '' then return '' end
  return ',"reason":' .. cjson.encode(cjson.decode(err).message)
end

local function move(id, place, from, to)
  if from then call('ZREM', P .. 's:' .. from, id) end
  if to then call('ZADD', P .. 's:' .. to, place, id) end
end

local function groupRule()
  if not rule then rule = cjson.decode(call('HGET', Q, 'rule') or '{}') end
  return rule
end

local function rateWait(list, limit, interval)
  local first = call('LINDEX', list, -limit)
  if not first then return 0 end
  return math.max(first + interval - now, 0)
end

local function refresh(g)
  local gm = P .. 'gm:' .. g
  local m = call('HMGET', gm, 'active', 'until', 'front')
  local active, till, front = tonumber(m[1] or 0), tonumber(m[2] or 0), m[3]
  local most = groupRule().concurrency
  local first = call('ZRANGE', P .. 'g:' .. g, 0, 0, 'WITHSCORES')
  local new = false
  if first[1] and till <= now and (not most or active < most) then new = first[1] end
  if front ~= new then
    if front then call('ZREM', P .. 'ready', front) end
    if new then
      call('ZADD', P .. 'ready', first[2], new)
      call('HSET', gm, 'front', new)
      work = true
    elseif front then call('HDEL', gm, 'front') end
  end
  local rest = 0
  local rate = groupRule().rate
  if rate then
    local last = call('LINDEX', P .. 'gs:' .. g, -1)
    if last then rest = last + rate.interval end
  end
  if till > now then call('ZADD', P .. 'held', till, g)
  elseif not first[1] and active <= 0 then
    if rest > now then call('ZADD', P .. 'held', rest, g)
    else
      call('DEL', gm, P .. 'gs:' .. g)
      call('ZREM', P .. 'held', g)
    end
  else call('ZREM', P .. 'held', g) end
end

-- A job that waits goes to the line of what it is.
local function enqueue(id, score, g, suspect)
  if suspect == '1' then call('ZADD', P .. 'suspect', score, id)
  elseif g then
    call('ZADD', P .. 'g:' .. g, score, id)
    refresh(g)
  else call('ZADD', P .. 'ready', score, id) end
  work = true
end

-- A job that waits or is delayed leaves its line.
local function leave(id, state, g, suspect)
  if state == 'delayed' then call('ZREM', P .. 'delayed', id)
  elseif suspect == '1' then call('ZREM', P .. 'suspect', id)
  else
    call('ZREM', P .. 'ready', id)
    if g then
      call('ZREM', P .. 'g:' .. g, id)
      if call('HGET', P .. 'gm:' .. g, 'front') == id then call('HDEL', P .. 'gm:' .. g, 'front') end
      refresh(g)
    end
  end
end

local function wake()
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'delayed', '-inf', now, 'LIMIT', 0, 1000)) do
    local j = call('HMGET', P .. 'j:' .. id, 'sc', 'g', 'su', 'pl')
    call('ZREM', P .. 'delayed', id)
    if j[4] then
      call('HSET', P .. 'j:' .. id, 'st', 'waiting')
      move(id, j[4], 'delayed', 'waiting')
      enqueue(id, j[1], j[2], j[3])
    else move(id, 0, 'delayed', nil) end
  end
  for _, g in ipairs(call('ZRANGEBYSCORE', P .. 'held', '-inf', now, 'LIMIT', 0, 1000)) do refresh(g) end
end

local function forget(id, state)
  local job = P .. 'j:' .. id
  local j = call('HMGET', job, 'sz', 'n', 'g', 'su')
  call('DEL', job)
  move(id, 0, state, nil)
  local size = tonumber(j[1] or 0)
  call('HINCRBY', Q, 'bytes', -size)
  if state == 'waiting' or state == 'delayed' then leave(id, state, j[3], j[4])
  else
    call('ZREM', P .. 'f:' .. state, id)
    call('HINCRBY', Q, state .. '_bytes', -size)
  end
  say('removed', id, j[2] or 0)
end

local function prune(state)
  if not keep then keep = cjson.decode(ARGV[2]) end
  local most = keep[state]
  while true do
    local oldest = call('ZRANGE', P .. 'f:' .. state, 0, 0)[1]
    if not oldest then return end
    local old = now - (call('HGET', P .. 'j:' .. oldest, 'fi') or 0) > most.age
    if not old and call('ZCARD', P .. 'f:' .. state) <= most.count
      and tonumber(call('HGET', Q, state .. '_bytes') or 0) <= most.bytes then return end
    forget(oldest, state)
  end
end

-- It was active or waited, and has left its line.
local function finish(id, j, from, state, result, err)
  local job = P .. 'j:' .. id
  local old = tonumber(j.sz)
  local size = tonumber(j.ps) + #result + #err
  call('HSET', job, 'st', state, 'fi', now, 'rs', result, 'er', err, 'sz', size, 'tk', '')
  move(id, j.pl, from, state)
  call('ZADD', P .. 'f:' .. state, call('HINCRBY', Q, 'ends', 1), id)
  if size ~= old then call('HINCRBY', Q, 'bytes', size - old) end
  call('HINCRBY', Q, state .. '_bytes', size)
  say(state, id, j.n, why(err))
  prune(state)
end

local FIELDS = { 'pl', 'sc', 'g', 'su', 'n', 'sp', 'at', 'sz', 'ps', 'al', 'mk', 'dl', 'pr', 'ad', 'tp', 'p' }
local function read(id)
  local values = call('HMGET', P .. 'j:' .. id, unpack(FIELDS))
  if not values[1] then return nil end
  local j = {}
  for i, name in ipairs(FIELDS) do j[name] = values[i] end
  return j
end

-- No worker holds it any more.
local function release(id, j, hold)
  call('ZREM', P .. 'active', id)
  if call('HGET', Q, 'alone') == id then call('HDEL', Q, 'alone') end
  if j and j.g then
    local gm = P .. 'gm:' .. j.g
    call('HINCRBY', gm, 'active', -1)
    if hold > 0 then
      local till = math.max(tonumber(call('HGET', gm, 'until') or 0), now + hold)
      call('HSET', gm, 'until', till)
    end
    refresh(j.g)
  end
end

local function back(id, j, delay, err)
  local job = P .. 'j:' .. id
  local size = tonumber(j.ps) + #err
  if size ~= tonumber(j.sz) then call('HINCRBY', Q, 'bytes', size - j.sz) end
  local state = delay > 0 and 'delayed' or 'waiting'
  call('HSET', job, 'st', state, 'er', err, 'rs', '', 'sz', size, 'sp', j.sp, 'su', j.su, 'tk', '', 'mk', '', 'pg', '',
    'du', now + delay)
  call('HDEL', job, 'fi')
  move(id, j.pl, 'active', state)
  if delay > 0 then call('ZADD', P .. 'delayed', now + delay, id)
  else enqueue(id, j.sc, j.g, j.su) end
end

local function reap(errors)
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'active', '-inf', now, 'LIMIT', 0, 100)) do
    local j = read(id)
    release(id, j, 0)
    if not j then
      move(id, 0, 'active', nil)
      say('unknown', id, 0, ',"reason":"the store has lost the job"')
    elseif j.mk and j.mk ~= '' then finish(id, j, 'active', 'unknown', '', errors.unknown)
    elseif j.al == '1' and tonumber(j.sp) >= tonumber(j.at) then
      call('HSET', P .. 'j:' .. id, 'su', '1')
      finish(id, j, 'active', 'failed', '', (string.gsub(errors.died, '%%times%%', j.sp)))
    else
      -- A job that died beside others may be innocent: that start is not held against it, and the next one shows.
      if j.al ~= '1' then j.sp = j.sp - 1 end
      j.su = '1'
      back(id, j, 0, '')
      say('stalled', id, j.n)
    end
  end
end

local function held(id, token)
  local j = call('HMGET', P .. 'j:' .. id, 'st', 'tk')
  if j[1] ~= 'active' or j[2] ~= token then return false end
  local ends = call('ZSCORE', P .. 'active', id)
  return ends and tonumber(ends) > now
end

local verbs = {}
`
