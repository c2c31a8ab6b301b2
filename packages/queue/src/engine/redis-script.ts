/*
 * The rules of a store as one script that Redis runs as a whole: no step of it is seen half done, and time is the server's. The
 * first argument is the verb, the second the rules of what is kept, the rest belong to the verb. All keys begin with KEYS[1].
 *
 * ready: what starts in the order of adding · front, suspect: what else may start now, in order · odd: what waits and is not in
 * ready, by place · delayed, active, held: by time · s:STATE: the jobs of a state by place · f:STATE: the ended ones by when,
 * behind those of o:STATE, which is there while they are gone through · j:ID: a job · g:GROUP, gm:GROUP, gs:GROUP: its waiting
 * jobs, its state, its latest starts · q: the rest.
 */

import { MOST_AT_ONCE, redisBase } from './redis-base.ts'

const ADDING = `
function verbs.add()
  local states = {}
  local jobs = (#ARGV - 2) / 8
  local place = call('HINCRBY', Q, 'places', jobs) - jobs
  for i = 3, #ARGV, 8 do
    local id = ARGV[i]
    local job = P .. 'j:' .. id
    local there = call('HGET', job, 'st')
    place = place + 1
    if there then states[#states + 1] = there
    else
      local payload, pr, at = ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
      local wait, left, g, tp = tonumber(ARGV[i + 4]), ARGV[i + 5], ARGV[i + 6], ARGV[i + 7]
      local fields = { 'HSET', job, 'pl', place, 'st', wait > 0 and 'delayed' or 'waiting', 'p', payload, 'at', at, 'ad', NOW,
        'ps', #payload }
      local function set(name, value)
        fields[#fields + 1] = name
        fields[#fields + 1] = value
      end
      if pr ~= '0' then set('pr', pr) end
      if g ~= '' then set('g', g) end
      if tp ~= '' then set('tp', tp) end
      if left ~= '' then set('dl', string.format('%.0f', now + left)) end
      if wait > 0 then set('du', string.format('%.0f', now + wait)) end
      call(unpack(fields))
      tally('bytes', #payload)
      if wait > 0 then
        delay(id, place, now + wait)
        work = true
      else enqueue(id, { pl = place, pr = pr ~= '0' and pr, g = g ~= '' and g }) end
      states[#states + 1] = ''
      say('added', id, 0, wait > 0 and ',"delay":' .. string.format('%.0f', wait) or '')
    end
  end
  return states
end
`

const CLAIMING = `
local function waitFor(limit, interval)
  local wait = -1
  local function sooner(at) if at and (wait < 0 or at < wait) then wait = at end end
  for _, name in ipairs({ 'delayed', 'held', 'active' }) do
    local first = call('ZRANGE', P .. name, 0, 0, 'WITHSCORES')[2]
    if first then sooner(math.max(first - now, 0)) end
  end
  if limit > 0 then
    local more = rateWait(P .. 'starts', limit, interval)
    if more > 0 then sooner(more) end
  end
  return wait
end

-- How many more of them this run may end because they were not started in time.
local mayEnd = ${MOST_AT_ONCE}

-- A job that has left its line; gives nothing for one whose deadline has passed, or that is gone.
local function start(id, j, how, jobs)
  if not j then return false end
  if j.dl and tonumber(j.dl) <= now then
    finish(id, j, 'failed', '', cjson.decode(how.errors).deadline)
    prune('failed')
    mayEnd = mayEnd - 1
    return false
  end
  local n = (j.n or 0) + 1
  local token = how.holder .. ':' .. n
  local job = P .. 'j:' .. id
  if j.su == '1' or how.single then call('HSET', job, 'st', 'active', 'n', n, 'tk', token, 'sa', NOW, 'al', '1')
  else
    call('HSET', job, 'st', 'active', 'n', n, 'tk', token, 'sa', NOW)
    if j.al then call('HDEL', job, 'al') end
  end
  later('ZADD', 'active', now + how.lease, id)
  if how.limit > 0 then
    call('RPUSH', P .. 'starts', NOW)
    call('LTRIM', P .. 'starts', -how.limit - 1, -1)
  end
  if j.g then
    local gm = P .. 'gm:' .. j.g
    call('HINCRBY', gm, 'active', 1)
    local rate = groupRule().rate
    if rate then
      call('RPUSH', P .. 'gs:' .. j.g, NOW)
      call('LTRIM', P .. 'gs:' .. j.g, -rate.limit - 1, -1)
      local till = now + rateWait(P .. 'gs:' .. j.g, rate.limit, rate.interval)
      if till > tonumber(call('HGET', gm, 'until') or 0) then call('HSET', gm, 'until', till) end
    end
    refresh(j.g)
  end
  say('started', id, n)
  local left = j.dl and string.format('%.0f', j.dl - now) or ''
  local counts = n - (j.rf or 0)
  local su = j.su == '1' and '1' or '0'
  for _, value in ipairs({ id, token, j.p, n, counts, j.at, j.pr or '0', j.g or '', j.ad, left, j.tp or '', su }) do
    jobs[#jobs + 1] = value
  end
  return true
end

-- The first of all that may start now, out of its line, with what it is.
local function take()
  local plain = call('ZRANGE', P .. 'ready', 0, 0, 'WITHSCORES')
  local front = call('ZRANGE', P .. 'front', 0, 0, 'WITHSCORES')
  local id = plain[1]
  if front[1] and (not id or tonumber(front[2]) < tonumber(plain[2])) then id = front[1] end
  if not id then return nil end
  local j = read(id, true)
  if j then leave(id, j) else for _, name in ipairs({ 'ready', 'front', 'odd' }) do call('ZREM', P .. name, id) end end
  return id, j
end

local function takeSuspect(how)
  if how.limit > 0 and rateWait(P .. 'starts', how.limit, how.interval) > 0 then return nil end
  local id = call('ZRANGE', P .. 'suspect', 0, 0)[1]
  if not id then return nil end
  local j = read(id, true)
  call('ZREM', P .. 'suspect', id)
  call('ZREM', P .. 'odd', id)
  return id, j
end

local function claim(max, how, mayBeAlone, jobs)
  while mayBeAlone and mayEnd > 0 do
    local id, j = takeSuspect(how)
    if not id then break end
    if start(id, j, how, jobs) then
      call('HSET', Q, 'alone', id)
      return
    end
  end
  local taken = 0
  while taken < max and mayEnd > 0 do
    if how.limit == 0 and call('EXISTS', P .. 'front') == 0 then
      -- Nothing comes between them.
      local first = call('ZPOPMIN', P .. 'ready', max - taken)
      if not first[1] then return end
      for i = 1, #first, 2 do
        if start(first[i], read(first[i], true), how, jobs) then taken = taken + 1 end
      end
    else
      if how.limit > 0 and rateWait(P .. 'starts', how.limit, how.interval) > 0 then return end
      local id, j = take()
      if not id then return end
      if start(id, j, how, jobs) then taken = taken + 1 end
    end
  end
end

function verbs.claim()
  local how = { holder = ARGV[3], single = ARGV[6] == '1', lease = tonumber(ARGV[7]), limit = tonumber(ARGV[8]),
    interval = tonumber(ARGV[9]), errors = ARGV[11] }
  if ARGV[10] ~= '' and call('HGET', Q, 'rule') ~= ARGV[10] then
    call('HSET', Q, 'rule', ARGV[10])
    rule = nil
  end
  reap(how.errors)
  wake()
  local q = call('HMGET', Q, 'paused', 'alone')
  if q[1] == '1' then return { -1, 0 } end
  local mayBeAlone = not q[2] and call('ZCARD', P .. 'suspect') > 0
  if mayBeAlone and ARGV[5] ~= '1' then return { -1, 1 } end
  local jobs = {}
  claim(tonumber(ARGV[4]), how, mayBeAlone, jobs)
  flush()
  return { mayEnd > 0 and waitFor(how.limit, how.interval) or 0, 0, unpack(jobs) }
end

function verbs.renew()
  local lost = {}
  for i = 4, #ARGV, 2 do
    if held(ARGV[i], ARGV[i + 1]) then later('ZADD', 'active', now + ARGV[3], ARGV[i])
    else lost[#lost + 1] = ARGV[i] end
  end
  return lost
end

local function settle(id, j, i)
  local to, result, err = ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local wait, refund, hold = tonumber(ARGV[i + 5]), ARGV[i + 6] ~= '0', tonumber(ARGV[i + 7])
  if j.su == '1' then call('HDEL', P .. 'j:' .. id, 'su') end
  j.su = false
  release(id, j, hold)
  if to ~= 'waiting' then
    finish(id, j, to, result, err)
    return to
  end
  if ARGV[i + 6] == '2' then
    j.n = j.n - 1
    call('HSET', P .. 'j:' .. id, 'n', j.n)
  elseif refund then j.rf = (j.rf or 0) + 1 end
  back(id, j, wait, err)
  say(refund and 'returned' or 'retrying', id, j.n, ',"delay":' .. string.format('%.0f', wait) .. why(err))
  work = true
end

function verbs.settle()
  local settled, ids, ended = {}, {}, {}
  for i = 3, #ARGV, 8 do ids[#ids + 1] = ARGV[i] end
  local ends = call('ZMSCORE', P .. 'active', unpack(ids))
  for k, id in ipairs(ids) do
    local i = 8 * k - 5
    local j = read(id)
    local isHeld = j and j.st == 'active' and j.tk == ARGV[i + 1] and ends[k] and tonumber(ends[k]) > now
    if isHeld then ended[settle(id, j, i) or ''] = true end
    settled[k] = isHeld and 1 or 0
  end
  ended[''] = nil
  for state in pairs(ended) do prune(state) end
  return settled
end
`

const OPERATING = `
function verbs.mark()
  if not held(ARGV[3], ARGV[4]) then return 0 end
  call('HSET', P .. 'j:' .. ARGV[3], 'mk', ARGV[5])
  say('marked', ARGV[3], call('HGET', P .. 'j:' .. ARGV[3], 'n'), ',"mark":' .. cjson.encode(ARGV[5]))
  return 1
end

function verbs.progress()
  if not held(ARGV[3], ARGV[4]) then return 0 end
  call('HSET', P .. 'j:' .. ARGV[3], 'pg', ARGV[5])
  local more = string.sub(ARGV[5], 2, -2)
  say('progress', ARGV[3], call('HGET', P .. 'j:' .. ARGV[3], 'n'), more ~= '' and ',' .. more or '')
  return 1
end

local TOLD = { 'pl', 'st', 'p', 'pr', 'at', 'n', 'ad', 'du', 'dl', 'sa', 'fi', 'g', 'tp', 'mk', 'pg', 'rs', 'er' }
function verbs.get()
  wake()
  local values = call('HMGET', P .. 'j:' .. ARGV[3], unpack(TOLD))
  return values[1] and { ARGV[3], unpack(values) } or {}
end

-- The jobs of a state behind a place, as pairs of id and place; waiting ones stand in two lists, active ones in the order of time.
local function placed(state, after, limit)
  local names = state == 'waiting' and { 'ready', 'odd' } or { 's:' .. state }
  local found = {}
  for _, name in ipairs(state == 'active' and {} or names) do
    local page = call('ZRANGEBYSCORE', P .. name, '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
    for i = 1, #page, 2 do found[#found + 1] = { page[i], tonumber(page[i + 1]) } end
  end
  for _, id in ipairs(state == 'active' and call('ZRANGE', P .. 'active', 0, -1) or {}) do
    local place = tonumber(call('HGET', P .. 'j:' .. id, 'pl') or 0)
    if place > tonumber(after) then found[#found + 1] = { id, place } end
  end
  table.sort(found, function(a, b) return a[2] < b[2] end)
  return found
end

function verbs.list()
  wake()
  local jobs = {}
  for i, found in ipairs(placed(ARGV[3], ARGV[4], ARGV[5])) do
    if i > tonumber(ARGV[5]) then break end
    local id = found[1]
    local values = call('HMGET', P .. 'j:' .. id, unpack(TOLD))
    if values[1] then jobs[#jobs + 1] = { id, unpack(values) } end
  end
  return jobs
end

function verbs.counts()
  wake()
  local counts = {}
  for _, name in ipairs({ 'ready', 'delayed', 'active', 's:done', 's:failed', 's:unknown' }) do
    counts[#counts + 1] = call('ZCARD', P .. name)
  end
  counts[1] = counts[1] + call('ZCARD', P .. 'odd')
  local q = call('HMGET', Q, 'bytes', 'paused')
  counts[7], counts[8] = tonumber(q[1] or 0), tonumber(q[2] or 0)
  return counts
end

function verbs.pause()
  if (call('HGET', Q, 'paused') or '0') ~= ARGV[3] then
    call('HSET', Q, 'paused', ARGV[3])
    say(ARGV[3] == '1' and 'paused' or 'resumed')
    work = true
  end
  return 1
end

-- The places of the jobs that are there: of what comes later this call does nothing.
local function untilPlace(given)
  return given ~= '' and given or (call('HGET', Q, 'places') or '0')
end

function verbs.drain()
  local count, till = 0, untilPlace(ARGV[4])
  for _, name in ipairs({ 'ready', 'odd', 's:delayed' }) do
    for _, id in ipairs(call('ZRANGEBYSCORE', P .. name, '-inf', till, 'LIMIT', 0, 10000)) do
      forget(id, name == 's:delayed' and 'delayed' or 'waiting')
      count = count + 1
    end
  end
  return { count, ARGV[3], till, count }
end

local function putBack(id)
  local job = P .. 'j:' .. id
  local state = call('HGET', job, 'st')
  if state ~= 'failed' and state ~= 'unknown' then return 0 end
  local j = read(id)
  call('ZREM', P .. 's:' .. state, id)
  tally(state .. '_bytes', -(j.sz or j.ps))
  call('HDEL', job, 'fi', 'mk', 'pg')
  call('HSET', job, 'st', 'waiting', 'rf', j.n or 0)
  enqueue(id, j)
  say('added', id, j.n)
  return 1
end

function verbs.retry()
  if ARGV[3] ~= '' then return { putBack(ARGV[3]), '', '', 0 } end
  local count, last, till = 0, ARGV[4], untilPlace(ARGV[5])
  local page = call('ZRANGEBYSCORE', P .. 's:failed', '(' .. last, till, 'WITHSCORES', 'LIMIT', 0, 10000)
  for i = 1, #page, 2 do
    count = count + putBack(page[i])
    last = page[i + 1]
  end
  return { count, last, till, #page }
end

function verbs.remove()
  local state = call('HGET', P .. 'j:' .. ARGV[3], 'st')
  if state and state ~= 'active' then forget(ARGV[3], state) end
  return state or ''
end
`

const END = `
local result = verbs[ARGV[1]]()
flush()
save()
if work then call('PUBLISH', P .. 'work', '') end
return result
`

/** What Redis runs for each call of a store. */
export const redisScript: string = [redisBase, ADDING, CLAIMING, OPERATING, END].join('')
