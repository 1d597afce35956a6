# The two commands of a newcomer: `make demo` and `make test`. Both set up the machine by themselves.
BUILD := build
JOBS := $(shell nproc)
CXX ?= g++

.PHONY: all setup configure program build wheel demo test test-sanitizers campaign bench format tidy size clean install help

all: program

setup: ## install the Debian packages that are missing (as root, or with sudo)
	@scripts/setup

configure: setup
	@cmake --preset release $(CMAKE_FLAGS) >$(BUILD)-configure.log 2>&1 || { cat $(BUILD)-configure.log; exit 1; }
	@rm -f $(BUILD)-configure.log

program: configure ## the program, the library and the plugins, in build/
	@cmake --build --preset release -j$(JOBS) --target freshet_program freshet_rust_plugins

build: configure ## all of it, tests and benchmarks too
	@cmake --build --preset release -j$(JOBS)

wheel: program ## the Python package with all that it needs, in build/wheel: one file for every Python from 3.9 on
	@/usr/bin/python3 bindings/python/tools/build_wheel.py --build $(BUILD)

demo: configure ## refresh a real documentation site and ask it questions; SITEMAP=https://… for another one
	@cmake --build --preset release -j$(JOBS) --target freshet_program
	@/usr/bin/python3 examples/demo/demo.py --build $(BUILD) $(if $(SITEMAP),--sitemap $(SITEMAP))

test: build ## all tests; with FRESHET_REQUIRE=all also under the sanitizers, and a skip is a failure
	@/usr/bin/python3 scripts/run_tests.py

test-sanitizers: setup ## the tests that can, under asan-ubsan and tsan
	@/usr/bin/python3 scripts/run_tests.py --only-sanitizers

campaign: build ## the long forms of the tests that draw by chance: an hour and more; ONLY=word for some
	@/usr/bin/python3 scripts/run_campaign.py --build $(BUILD) $(if $(ONLY),--only '$(ONLY)')

bench: build ## the figures of docs/benchmarks.md
	@/usr/bin/python3 bench/run.py --build $(BUILD)

format: ## clang-format over all of our code
	@git ls-files '*.cpp' '*.hpp' '*.h' '*.c' | xargs clang-format -i
	@if command -v cargo >/dev/null; then cargo fmt --manifest-path plugins/Cargo.toml; fi

tidy: build ## clang-tidy over all of our code
	@git ls-files 'core/*.cpp' 'capi/*.cpp' 'cli/*.cpp' 'plugins/*.cpp' | xargs -P$(JOBS) -n4 clang-tidy -p $(BUILD) --quiet

size: ## how long functions and files are, beside the aims
	@/usr/bin/python3 cmake/check_size.py

install: build ## into PREFIX (default /usr/local)
	@cmake --install $(BUILD) --prefix $(or $(PREFIX),/usr/local)

clean:
	@rm -rf build build-*

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t18
