/* What the verbs of the script of Redis have in common: the lines, the ends of jobs, and what is told. `redis-script.ts` names the keys. */

/** How many jobs a run ends because they were not started in time, and how many it forgets. */
export const MOST_AT_ONCE = 1000

/** The beginning of the script. */
export const redisBase: string = `
local P = KEYS[1]
local call = redis.call
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local NOW = string.format('%.0f', now)
local Q = P .. 'q'
local heard = call('PUBSUB', 'NUMSUB', P .. 'events')[2] ~= 0
local work = false
local rule, keep, alone

-- What is counted is written once, at the end.
local sums = {}
local function tally(field, n) sums[field] = (sums[field] or 0) + n end
local function total(field) return tonumber(call('HGET', Q, field) or 0) + (sums[field] or 0) end
local function save()
  for field, n in pairs(sums) do if n ~= 0 then call('HINCRBY', Q, field, n) end end
end

-- So is what comes and goes in the longest lists: flush before they are read.
local batches, names = {}, {}
local function flush()
  for i = 1, #names do
    call(unpack(batches[names[i]]))
    batches[names[i]] = nil
  end
  names = {}
end
local function later(command, key, a, b)
  local name = command .. key
  local batch = batches[name]
  if not batch then
    batch = { command, P .. key }
    batches[name] = batch
    names[#names + 1] = name
  end
  batch[#batch + 1] = a
  if b then batch[#batch + 1] = b end
  if #batch > 4000 then flush() end
end

local function say(kind, id, starts, more)
  if not heard then return end
  local head = '{"type":"' .. kind .. '","time":' .. NOW
  if id then head = head .. ',"id":' .. cjson.encode(id) .. ',"attempt":' .. (starts or 0) end
  call('PUBLISH', P .. 'events', head .. (more or '') .. '}')
end

local function why(err)
  if not heard or not err or err == '' then return '' end
  return ',"reason":' .. cjson.encode(cjson.decode(err).message)
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
    if front then call('ZREM', P .. 'front', front) end
    if new then
      call('ZADD', P .. 'front', first[2], new)
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

-- Plain is what starts in the order of adding: no priority, no group, and nothing to be feared.
local function isPlain(j) return not j.pr and not j.g and j.su ~= '1' end

-- A job that waits goes to the line of what it is.
local function enqueue(id, j)
  work = true
  if isPlain(j) then return later('ZADD', 'ready', j.pl, id) end
  local score = -(j.pr or 0) * 4398046511104 + j.pl
  call('ZADD', P .. 'odd', j.pl, id)
  if j.su == '1' then call('ZADD', P .. 'suspect', score, id)
  elseif j.g then
    call('ZADD', P .. 'g:' .. j.g, score, id)
    refresh(j.g)
  else call('ZADD', P .. 'front', score, id) end
end

-- A job that waits leaves its line.
local function leave(id, j)
  if isPlain(j) then
    flush()
    call('ZREM', P .. 'ready', id)
    return
  end
  call('ZREM', P .. 'odd', id)
  if j.su == '1' then
    call('ZREM', P .. 'suspect', id)
    return
  end
  call('ZREM', P .. 'front', id)
  if not j.g then return end
  call('ZREM', P .. 'g:' .. j.g, id)
  if call('HGET', P .. 'gm:' .. j.g, 'front') == id then call('HDEL', P .. 'gm:' .. j.g, 'front') end
  refresh(j.g)
end

local function delay(id, place, due)
  call('ZADD', P .. 'delayed', due, id)
  call('ZADD', P .. 's:delayed', place, id)
end

local function undelay(id)
  call('ZREM', P .. 'delayed', id)
  call('ZREM', P .. 's:delayed', id)
end

local function wake()
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'delayed', '-inf', now, 'LIMIT', 0, 1000)) do
    local j = call('HMGET', P .. 'j:' .. id, 'pl', 'pr', 'g', 'su')
    undelay(id)
    if j[1] then
      call('HSET', P .. 'j:' .. id, 'st', 'waiting')
      enqueue(id, { pl = j[1], pr = j[2], g = j[3], su = j[4] })
    end
  end
  for _, g in ipairs(call('ZRANGEBYSCORE', P .. 'held', '-inf', now, 'LIMIT', 0, 1000)) do refresh(g) end
  flush()
end

-- What a job that ended took is free.
local function uncount(state, size)
  tally('bytes', -size)
  tally(state .. '_bytes', -size)
end

local function forget(id, state)
  local job = P .. 'j:' .. id
  local j = call('HMGET', job, 'ps', 'sz', 'n', 'g', 'su', 'pr')
  call('DEL', job)
  local size = tonumber(j[2] or j[1] or 0)
  if state == 'waiting' or state == 'delayed' then
    tally('bytes', -size)
    if state == 'delayed' then undelay(id) else leave(id, { g = j[4], su = j[5], pr = j[6] }) end
  else
    later('ZREM', 's:' .. state, id)
    uncount(state, size)
  end
  say('removed', id, j[3])
end

-- The lists of ends may still have a job that was put back or removed since: it is gone, or ended at another time.
local function isEnd(entry, state)
  local at, id = string.match(entry, '^(%d+):(.*)$')
  local j = call('HMGET', P .. 'j:' .. id, 'st', 'fi')
  return j[1] == state and j[2] == at and id
end

local function forgetEnd(entry, state)
  local id = isEnd(entry, state)
  if id then forget(id, state) end
  return id and 1 or 0
end

-- A list of ends that has more of such jobs than of others is gone through, a part at a time.
local function tidy(state, left, begun)
  local F, O = P .. 'f:' .. state, P .. 'o:' .. state
  if not begun and call('LLEN', F) <= 2 * left + 1000 then return end
  for _, entry in ipairs(call('LPOP', F, 1000) or {}) do
    if isEnd(entry, state) then call('RPUSH', O, entry) end
  end
  if call('EXISTS', F) == 0 and call('EXISTS', O) == 1 then call('RENAME', O, F) end
end

-- A run holds up the whole server: what is more than it may forget is left for the next one that ends a job.
local mayForget = ${MOST_AT_ONCE}
local function prune(state)
  flush()
  if not keep then keep = cjson.decode(ARGV[2]) end
  local most = keep[state]
  local left = call('ZCARD', P .. 's:' .. state)
  local older = call('EXISTS', P .. 'o:' .. state) == 1
  while mayForget > 0 do
    local F = P .. (older and 'o:' or 'f:') .. state
    local over = left - most.count
    local gone = over > 0 and call('LPOP', F, math.min(over, mayForget, 500))
    if gone then
      mayForget = mayForget - #gone
      for _, entry in ipairs(gone) do left = left - forgetEnd(entry, state) end
    else
      local oldest = call('LINDEX', F, 0)
      if oldest then
        local old = now - string.match(oldest, '^%d+') > most.age
        if not old and total(state .. '_bytes') <= most.bytes then return tidy(state, left, older) end
        call('LPOP', F)
        mayForget = mayForget - 1
        left = left - forgetEnd(oldest, state)
      elseif older then older = false
      else return end
    end
  end
end

local FIELDS = { 'pl', 'st', 'tk', 'g', 'su', 'n', 'rf', 'at', 'sz', 'ps', 'al', 'mk', 'dl', 'pr', 'ad', 'tp', 'p' }
-- Without its payload if that is not asked for.
local function read(id, whole)
  local values = call('HMGET', P .. 'j:' .. id, unpack(FIELDS, 1, #FIELDS - (whole and 0 or 1)))
  if not values[1] then return nil end
  local j = {}
  for i, name in ipairs(FIELDS) do j[name] = values[i] end
  return j
end

-- Starts that count.
local function spent(j) return tonumber(j.n or 0) - tonumber(j.rf or 0) end

-- It was active or waited, and has left its line.
local function finish(id, j, state, result, err)
  local job = P .. 'j:' .. id
  local size = tonumber(j.ps) + #result + #err
  local fields = { 'HSET', job, 'st', state, 'fi', NOW }
  local function set(name, value)
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
  if result ~= '' then set('rs', result) end
  if err ~= '' then set('er', err) end
  -- Only a job with texts has a size of its own.
  if j.sz then
    if result == '' then call('HDEL', job, 'rs') end
    if err == '' then call('HDEL', job, 'er') end
  end
  if j.sz or size ~= tonumber(j.ps) then set('sz', size) end
  call(unpack(fields))
  later('ZADD', 's:' .. state, j.pl, id)
  later('RPUSH', 'f:' .. state, NOW .. ':' .. id)
  tally('bytes', size - (j.sz or j.ps))
  tally(state .. '_bytes', size)
  say(state, id, j.n, why(err))
end

-- No worker holds it any more.
local function release(id, j, hold)
  later('ZREM', 'active', id)
  if alone == nil then alone = call('HGET', Q, 'alone') end
  if alone == id then
    call('HDEL', Q, 'alone')
    alone = false
  end
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

local function back(id, j, wait, err)
  local job = P .. 'j:' .. id
  local size = tonumber(j.ps) + #err
  tally('bytes', size - (j.sz or j.ps))
  call('HDEL', job, 'mk', 'pg', 'fi', 'rs')
  call('HSET', job, 'st', wait > 0 and 'delayed' or 'waiting', 'er', err, 'sz', size, 'rf', j.rf or 0, 'su', j.su or '0',
    'du', string.format('%.0f', now + wait))
  if wait > 0 then delay(id, j.pl, now + wait)
  else enqueue(id, j) end
end

local function reap(errors)
  local ended = {}
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'active', '-inf', now, 'LIMIT', 0, 100)) do
    local j = read(id)
    release(id, j, 0)
    if not j then say('unknown', id, 0, ',"reason":"the store has lost the job"')
    elseif j.mk then
      finish(id, j, 'unknown', '', cjson.decode(errors).unknown)
      ended.unknown = true
    elseif j.al == '1' and spent(j) >= tonumber(j.at) then
      call('HSET', P .. 'j:' .. id, 'su', '1')
      finish(id, j, 'failed', '', (string.gsub(cjson.decode(errors).died, '%%times%%', spent(j))))
      ended.failed = true
    else
      -- A job that died beside others may be innocent: that start is not held against it, and the next one shows.
      if j.al ~= '1' then j.rf = (j.rf or 0) + 1 end
      j.su = '1'
      back(id, j, 0, '')
      say('stalled', id, j.n)
    end
  end
  for state in pairs(ended) do prune(state) end
  flush()
end

local function held(id, token)
  local j = call('HMGET', P .. 'j:' .. id, 'st', 'tk')
  if j[1] ~= 'active' or j[2] ~= token then return false end
  local ends = call('ZSCORE', P .. 'active', id)
  return ends and tonumber(ends) > now
end

local verbs = {}
`
