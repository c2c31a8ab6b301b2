/*
 * The rules of a store as one script that Redis runs as a whole: no step of it is seen half done, and time is the server's. The
 * first argument is the verb, the second the rules of what is kept, the rest belong to the verb. All keys begin with KEYS[1].
 *
 * ready, suspect: what may start now, in order · s:STATE: the jobs of a state by place · f:STATE: the ended ones by when · delayed,
 * active, held: by time · j:ID: a job · g:GROUP, gm:GROUP, gs:GROUP: its waiting jobs, its state, its latest starts · q: the rest.
 */

import { redisBase } from './redis-base.ts'

const ADDING = `
function verbs.add()
  local states = {}
  for i = 3, #ARGV, 8 do
    local id = ARGV[i]
    local job = P .. 'j:' .. id
    local there = call('HGET', job, 'st')
    if there then states[#states + 1] = there
    else
      local payload, pr, at = ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
      local delay, left, g, tp = tonumber(ARGV[i + 4]), ARGV[i + 5], ARGV[i + 6], ARGV[i + 7]
      local place = call('HINCRBY', Q, 'places', 1)
      local score = -pr * 4398046511104 + place
      local state = delay > 0 and 'delayed' or 'waiting'
      local more = {}
      if g ~= '' then more[1], more[2] = 'g', g end
      if tp ~= '' then more[#more + 1] = 'tp'; more[#more + 1] = tp end
      if left ~= '' then more[#more + 1] = 'dl'; more[#more + 1] = now + left end
      call('HSET', job, 'st', state, 'pl', place, 'sc', score, 'p', payload, 'pr', pr, 'at', at, 'ad', now,
        'du', now + delay, 'n', 0, 'sp', 0, 'sz', #payload, 'ps', #payload, unpack(more))
      call('HINCRBY', Q, 'bytes', #payload)
      call('ZADD', P .. 's:' .. state, place, id)
      if delay > 0 then call('ZADD', P .. 'delayed', now + delay, id)
      else enqueue(id, score, g ~= '' and g or false, '0') end
      work = true
      states[#states + 1] = ''
      say('added', id, 0, delay > 0 and ',"delay":' .. string.format('%.0f', delay) or '')
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

-- Gives nothing for one whose deadline has passed.
local function start(id, holder, lease, single, jobs, errors, limit)
  local j = read(id)
  if not j then
    for _, name in ipairs({ 'ready', 'suspect', 's:waiting' }) do call('ZREM', P .. name, id) end
    return false
  end
  leave(id, 'waiting', j.g, j.su)
  if j.dl and tonumber(j.dl) <= now then
    finish(id, j, 'waiting', 'failed', '', errors.deadline)
    return false
  end
  local n = j.n + 1
  local token = holder .. ':' .. n
  local alone = (j.su == '1' or single) and '1' or '0'
  call('HSET', P .. 'j:' .. id, 'st', 'active', 'n', n, 'sp', j.sp + 1, 'tk', token, 'al', alone, 'sa', now, 'mk', '', 'pg', '')
  call('HDEL', P .. 'j:' .. id, 'fi')
  move(id, j.pl, 'waiting', 'active')
  call('ZADD', P .. 'active', now + lease, id)
  if limit > 0 then
    call('RPUSH', P .. 'starts', now)
    call('LTRIM', P .. 'starts', -limit - 1, -1)
  end
  if j.g then
    local gm = P .. 'gm:' .. j.g
    call('HINCRBY', gm, 'active', 1)
    local rate = groupRule().rate
    if rate then
      call('RPUSH', P .. 'gs:' .. j.g, now)
      call('LTRIM', P .. 'gs:' .. j.g, -rate.limit - 1, -1)
      local till = now + rateWait(P .. 'gs:' .. j.g, rate.limit, rate.interval)
      if till > tonumber(call('HGET', gm, 'until') or 0) then call('HSET', gm, 'until', till) end
    end
    refresh(j.g)
  end
  say('started', id, n)
  local left = j.dl and string.format('%.0f', j.dl - now) or ''
  local su = j.su == '1' and '1' or '0'
  for _, value in ipairs({ id, token, j.p, n, j.sp + 1, j.at, j.pr, j.g or '', j.ad, left, j.tp or '', su }) do
    jobs[#jobs + 1] = value
  end
  return true
end

function verbs.claim()
  local holder, max, idle, single = ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6] == '1'
  local lease, limit, interval = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
  local errors = cjson.decode(ARGV[11])
  if ARGV[10] ~= '' and call('HGET', Q, 'rule') ~= ARGV[10] then
    call('HSET', Q, 'rule', ARGV[10])
    rule = nil
  end
  reap(errors)
  wake()
  if call('HGET', Q, 'paused') == '1' then return { -1, 0 } end
  local mayBeAlone = call('ZCARD', P .. 'suspect') > 0 and not call('HGET', Q, 'alone')
  if mayBeAlone and not idle then return { -1, 1 } end
  local jobs = {}
  local count = 0
  while count < max do
    if limit > 0 and rateWait(P .. 'starts', limit, interval) > 0 then break end
    local id = mayBeAlone and count == 0 and call('ZRANGE', P .. 'suspect', 0, 0)[1]
    if id then
      if start(id, holder, lease, single, jobs, errors, limit) then
        call('HSET', Q, 'alone', id)
        break
      end
    else
      id = call('ZRANGE', P .. 'ready', 0, 0)[1]
      if not id then break end
      if start(id, holder, lease, single, jobs, errors, limit) then count = count + 1 end
    end
  end
  return { waitFor(limit, interval), 0, unpack(jobs) }
end

function verbs.renew()
  local lost = {}
  for i = 4, #ARGV, 2 do
    if held(ARGV[i], ARGV[i + 1]) then call('ZADD', P .. 'active', now + ARGV[3], ARGV[i])
    else lost[#lost + 1] = ARGV[i] end
  end
  return lost
end

function verbs.settle()
  local settled = {}
  for i = 3, #ARGV, 8 do
    local id, to = ARGV[i], ARGV[i + 2]
    if held(id, ARGV[i + 1]) then
      local result, err = ARGV[i + 3], ARGV[i + 4]
      local delay, refund, hold = tonumber(ARGV[i + 5]), ARGV[i + 6] == '1', tonumber(ARGV[i + 7])
      local j = read(id)
      if j.su == '1' then call('HSET', P .. 'j:' .. id, 'su', '0') end
      j.su = '0'
      release(id, j, hold)
      if to == 'waiting' then
        if refund then j.sp = j.sp - 1 end
        back(id, j, delay, err)
        local more = ',"delay":' .. string.format('%.0f', delay) .. why(err)
        say(refund and 'returned' or 'retrying', id, j.n, more)
        work = true
      else finish(id, j, 'active', to, result, err) end
      settled[#settled + 1] = 1
    else settled[#settled + 1] = 0 end
  end
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
  say('progress', ARGV[3], call('HGET', P .. 'j:' .. ARGV[3], 'n'), ',' .. string.sub(ARGV[5], 2, -2))
  return 1
end

local TOLD = { 'pl', 'st', 'p', 'pr', 'at', 'n', 'ad', 'du', 'dl', 'sa', 'fi', 'g', 'tp', 'mk', 'pg', 'rs', 'er' }
function verbs.get()
  wake()
  local values = call('HMGET', P .. 'j:' .. ARGV[3], unpack(TOLD))
  return values[1] and { ARGV[3], unpack(values) } or {}
end

function verbs.list()
  wake()
  local jobs = {}
  local page = call('ZRANGEBYSCORE', P .. 's:' .. ARGV[3], '(' .. ARGV[4], '+inf', 'LIMIT', 0, ARGV[5])
  for _, id in ipairs(page) do
    local values = call('HMGET', P .. 'j:' .. id, unpack(TOLD))
    if values[1] then jobs[#jobs + 1] = { id, unpack(values) } end
  end
  return jobs
end

function verbs.counts()
  wake()
  local counts = {}
  for _, state in ipairs({ 'waiting', 'delayed', 'active', 'done', 'failed', 'unknown' }) do
    counts[#counts + 1] = call('ZCARD', P .. 's:' .. state)
  end
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

function verbs.drain()
  local count = 0
  for _, state in ipairs({ 'waiting', 'delayed' }) do
    for _, id in ipairs(call('ZRANGE', P .. 's:' .. state, 0, 9999)) do
      forget(id, state)
      count = count + 1
    end
  end
  return count
end

function verbs.retry()
  local ids = ARGV[3] == '' and call('ZRANGE', P .. 's:failed', 0, 9999) or { ARGV[3] }
  local count = 0
  for _, id in ipairs(ids) do
    local job = P .. 'j:' .. id
    local state = call('HGET', job, 'st')
    if state == 'failed' or state == 'unknown' then
      local j = read(id)
      call('ZREM', P .. 'f:' .. state, id)
      call('HINCRBY', Q, state .. '_bytes', -j.sz)
      call('HSET', job, 'st', 'waiting', 'sp', 0, 'mk', '')
      call('HDEL', job, 'fi')
      move(id, j.pl, state, 'waiting')
      enqueue(id, j.sc, j.g, j.su)
      say('added', id, j.n)
      count = count + 1
    end
  end
  return count
end

function verbs.remove()
  local state = call('HGET', P .. 'j:' .. ARGV[3], 'st')
  if state and state ~= 'active' then forget(ARGV[3], state) end
  return state or ''
end
`

const END = `
local result = verbs[ARGV[1]]()
if work then call('PUBLISH', P .. 'work', '') end
return result
`

/** What Redis runs for each call of a store. */
export const redisScript: string = [redisBase, ADDING, CLAIMING, OPERATING, END].join('')
