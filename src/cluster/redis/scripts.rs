//! The scripts that run inside Redis. Each touches one key, so that a Redis Cluster runs it where the key is.
//!
//! Owns their text and how they are sent: by hash, and whole when Redis does not know the hash. Must not connect.

use redis::{Cmd, FromRedisValue, Script, ToRedisArgs};
use tokio::time::Instant;

use super::connection::Circuit;
use super::fault::Fault;

/// Sets a lease unless another life holds the name; gives the lease that does. ARGV: text, life, milliseconds, version.
const RENEW: &str = r"
local held = redis.call('GET', KEYS[1])
if held then
  local read, was = pcall(cjson.decode, held)
  if not read or type(was) ~= 'table' or was.version ~= tonumber(ARGV[4]) or was.life ~= ARGV[2] then
    return held
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return false
";

/// Deletes a lease that this life holds; whether it did. ARGV: life.
const LEAVE: &str = r"
local held = redis.call('GET', KEYS[1])
if not held then return 0 end
local read, was = pcall(cjson.decode, held)
if not read or type(was) ~= 'table' or was.life ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
";

/// Notes a name as seen now, and forgets those not seen for long. ARGV: name, seconds after which a name is forgotten.
const SEEN: &str = r"
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
";

/// Sets an entry unless one of a later epoch is there; whether it did. What cannot be read is replaced: the claim that is noted is
/// the newer one. ARGV: text, epoch, seconds, version.
const RECORD: &str = r"
local held = redis.call('GET', KEYS[1])
if held then
  local read, was = pcall(cjson.decode, held)
  if read and type(was) == 'table' and was.version == tonumber(ARGV[4])
      and type(was.epoch) == 'number' and was.epoch > tonumber(ARGV[2]) then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return 1
";

/// Deletes what still says this; whether it did. ARGV: text.
const ERASE: &str = r"
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
";

/// A generic cell rate limit by the time of Redis, which every instance shares; gives the milliseconds to wait, zero for one that
/// passes. A moment that lies further ahead than any arrival can have put it is of a clock that has been set back, and is not believed.
/// ARGV: interval and tolerance in microseconds, 1 to count.
pub(super) const LIMIT: &str = r"
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local expected = tonumber(redis.call('GET', KEYS[1]) or now) or now
expected = math.max(now, math.min(expected, now + tolerance + interval))
local early = expected - now - tolerance
if early > 0 then return math.ceil(early / 1000) end
if ARGV[3] == '1' then
  local next = expected + interval
  redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.max(1, math.ceil((next - now) / 1000)))
end
return 0
";

/// Changes who is present at an instance if what is there is the state that this changes; whether it was. The field '.' tells the state.
/// ARGV: milliseconds, former state or nothing to start anew, state, how many have come, who has come, who has gone.
pub(super) const PRESENT: &str = r"
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
elseif redis.call('HGET', KEYS[1], '.') ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], '.', ARGV[3])
local come = tonumber(ARGV[4])
for at = 5, #ARGV do
  if at < 5 + come then
    redis.call('HSET', KEYS[1], ARGV[at], '')
  else
    redis.call('HDEL', KEYS[1], ARGV[at])
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
";

/// A script with its hash.
pub(super) struct OneKey {
    text: &'static str,
    hash: String,
}

impl OneKey {
    pub(super) fn new(text: &'static str) -> Self {
        Self {
            text,
            hash: Script::new(text).get_hash().to_owned(),
        }
    }

    /// Runs it over one key. A Redis that has been flushed, has failed over, or owns the key since a moment does not know the script:
    /// then it is sent whole, to that server and no other, which remembers it.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        circuit: &Circuit,
        key: &str,
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<T, Fault> {
        let by_hash = filled("EVALSHA", &self.hash, key, arguments);
        match circuit.call(&by_hash, deadline).await {
            Err(fault) if fault.unknown_script => {
                let whole = filled("EVAL", self.text, key, arguments);
                circuit.call(&whole, deadline).await
            }
            other => other,
        }
    }
}

fn filled(verb: &str, script: &str, key: &str, arguments: &[&[u8]]) -> Cmd {
    let mut command = redis::cmd(verb);
    command.arg(script).arg(1).arg(key);
    for argument in arguments {
        argument.write_redis_args(&mut command);
    }
    command
}

/// Those of the directory.
pub(super) struct Scripts {
    pub(super) renew: OneKey,
    pub(super) leave: OneKey,
    pub(super) seen: OneKey,
    pub(super) record: OneKey,
    pub(super) erase: OneKey,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            renew: OneKey::new(RENEW),
            leave: OneKey::new(LEAVE),
            seen: OneKey::new(SEEN),
            record: OneKey::new(RECORD),
            erase: OneKey::new(ERASE),
        }
    }
}
