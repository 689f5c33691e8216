-- SPDX-License-Identifier: MIT
-- The loops themselves in LuaJIT, which compiles as it runs. The protocol is that of harness.h.
local ffi = require("ffi")
ffi.cdef("typedef struct { long s, ns; } bench_time; int clock_gettime(int, bench_time *);")
local time = ffi.new("bench_time")

local function now()
	ffi.C.clock_gettime(1, time)
	return tonumber(time.s) * 1e9 + tonumber(time.ns)
end

local works = {
	W1 = function(n)
		local sum = 0
		for i = 0, n - 1 do
			local x = i * 3 + 1
			if x % 2 == 1 then sum = sum + (x - 1) / 2 end
		end
		return sum
	end,
	W2 = function(n)
		local sum = 0
		for i = 0, n - 1 do
			local x = i + 1
			x = x + 1 x = x + 1 x = x + 1 x = x + 1 x = x + 1 x = x + 1 x = x + 1 x = x + 1 x = x + 1
			sum = sum + x
		end
		return sum
	end,
	scan = function(n)
		local sum, state = 0, 0
		for i = 0, n - 1 do
			state = (state + i) % 65536
			sum = sum + state
		end
		return sum
	end,
}

io.stdout:setvbuf("line")
print("version " .. jit.version)
for name in pairs(works) do print("can " .. name) end
print("ready")
for line in io.lines() do
	local name, n = line:match("run (%S+) (%d+)")
	local began = now()
	local sum = works[name](tonumber(n))
	print(("took %.0f %.0f"):format(now() - began, sum))
end
