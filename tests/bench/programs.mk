# SPDX-License-Identifier: MIT
# The contenders of the bench, one program each: make -k -f programs.mk src=TOP build=WHERE-WEIR-WAS-BUILT CC=...
# What this machine cannot build is left out; the driver says so of each that is not there.
here = $(src)/tests/bench
cflags = -std=c11 -D_XOPEN_SOURCE=700 -O3 -Wall -Wextra -Wconversion -I$(here) -I$(src)/include
harness = $(here)/harness.c $(here)/keyed.c
headers = $(here)/harness.h $(here)/keyed.h $(here)/frames.h $(here)/timers.h

all: limits weir peers
limits: loops-scalar loops-base loops-avx2 loops-avx512 narrow callbacks ring wheel read libevent libuv fast plain
.PHONY: all limits peers
.DELETE_ON_ERROR:

# ---- limits ----

loops-scalar: isa = scalar
loops-scalar: flags = -fno-tree-vectorize
loops-base: isa = base
loops-avx2: isa = avx2
loops-avx2: flags = -march=x86-64-v3
loops-avx512: isa = avx512
loops-avx512: flags = -march=x86-64-v4 -mprefer-vector-width=512
loops-scalar loops-base loops-avx2 loops-avx512: $(here)/limits/loops.c $(harness) $(headers)
	$(CC) $(cflags) $(flags) -DBENCH_ISA='"$(isa)"' -o $@ $(here)/limits/loops.c $(harness)

narrow: $(here)/limits/narrow.c $(harness) $(headers)
	$(CC) $(cflags) -march=native -mprefer-vector-width=512 -o $@ $< $(harness)
callbacks wheel: %: $(here)/limits/%.c $(harness) $(headers)
	$(CC) $(cflags) -o $@ $< $(harness)
ring: $(here)/limits/ring.c $(harness) $(headers)
	$(CC) $(cflags) -pthread -o $@ $< $(harness)
read: $(here)/limits/read.c $(here)/frames.c $(harness) $(headers)
	$(CC) $(cflags) -o $@ $< $(here)/frames.c $(harness)

# The whole job.
fast plain: %: $(here)/jobs/%.c
	$(CC) $(cflags) -o $@ $<

# ---- weir ----

weir_objects = calls.o hop.o host.o json.o life.o pipeline.o total.o frames.o harness.o keyed.o
weir_libs = $(build)/libweir.la $(build)/libweir_core.la
vpath %.c $(here)/weir $(here)
%.o: %.c $(here)/weir/works.h $(headers) $(wildcard $(src)/include/weir/*.h)
	$(CC) $(cflags) -DBENCH_DEFINITIONS='"$(here)/definitions"' -c -o $@ $<
weir: $(weir_objects) $(weir_libs)
	$(build)/libtool --silent --tag=CC --mode=link $(CC) -static $(SAN_FLAGS) -o $@ $(weir_objects) $(weir_libs) \
		$$(pkg-config --libs libevent_core) -pthread

# ---- peers ----

peers: rust rx/Rx.class gst

# The crates that Debian installs, offline; cargo writes a lock file beside its sources, so they are copied.
crates = /usr/share/cargo/registry
crate_version = $(1) $(patsubst $(crates)/$(1)-%,%,$(lastword $(sort $(wildcard $(crates)/$(1)-[0-9]*))))
debian_crates = --config 'source.crates-io.replace-with="debian"' --config 'source.debian.directory="$(crates)"'
rust: $(here)/peers/rust/main.rs $(here)/peers/rust/Cargo.toml
	mkdir -p rust-build && cp $^ rust-build
	cd rust-build && rustc=", rustc $$(rustc --version | cut -d ' ' -f 2)" && \
		FUTURES="$(call crate_version,futures)$$rustc" TOKIO="$(call crate_version,tokio)$$rustc" \
		CROSSBEAM="$(call crate_version,crossbeam-channel)$$rustc" RUSTFLAGS='-C target-cpu=native' \
		cargo build -q --release --offline $(debian_crates)
	cp rust-build/target/release/rust $@

jars = /usr/share/java/rxjava.jar:/usr/share/java/reactive-streams.jar
rx/Rx.class: $(here)/peers/Rx.java
	javac -d rx -cp $(jars) $<

libevent: $(here)/peers/libevent.c $(here)/frames.c $(harness) $(headers)
	$(CC) $(cflags) $$(pkg-config --cflags libevent_core) -o $@ $< $(here)/frames.c $(harness) \
		$$(pkg-config --libs libevent_core)
libuv: $(here)/peers/libuv.c $(here)/frames.c $(harness) $(headers)
	$(CC) $(cflags) $$(pkg-config --cflags libuv) -o $@ $< $(here)/frames.c $(harness) $$(pkg-config --libs libuv)
gst: $(here)/peers/gst.c $(harness) $(headers)
	$(CC) $(cflags) $$(pkg-config --cflags gstreamer-1.0) -o $@ $< $(harness) $$(pkg-config --libs gstreamer-1.0)
