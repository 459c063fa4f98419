# Two commands do everything: `make figures` and `make test`. Each installs what is missing.
.PHONY: figures test setup format lint build gallery bench clean help

PROGRAM := lessons/programs/backward_and_step.py
BACKSTEP := .build/release/backstep
# The Swift libraries inside the command: it starts in two thirds of the time and runs a seventh faster. Not on macOS,
# where they are part of the system.
LINUX := $(filter Linux,$(shell uname))
STATIC := $(if $(LINUX),--static-swift-stdlib)
# Only one thread of the command runs at a time, so that references need not be counted atomically; that no variable
# is written while it is read is for the tests to find, which are built without this. On Linux, the C++ library of
# Swift's runtime is linked in as well, and the command stays at one address: the loader has 100,000 places less to
# mend, which is a quarter of the time to the first line.
LINK := .build/link
FAST := $(STATIC) -Xswiftc -Xfrontend -Xswiftc -assume-single-threaded -Xswiftc -enforce-exclusivity=unchecked \
  $(if $(LINUX),-Xlinker -no-pie -Xswiftc -L$(LINK))

# The tests run optimised, with all checks of overflow, bounds and exclusive access: building takes 4 minutes longer, the
# 20,000 cases a tenth of their time. In a folder of their own, so that `swift build` and `swift test --filter …` while
# working stay quick.
TESTED := -Xswiftc -O --scratch-path .build/tested

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

figures: setup build ## draw lesson 1 and the founding program into output/
	@echo "== lesson 1 → output/lesson-1"
	@$(BACKSTEP) export 1 -o output/lesson-1
	@echo "== $(PROGRAM) → output/backward_and_step"
	@for kind in graph connection update ledger; do \
	  for format in svg png pdf; do \
	    $(BACKSTEP) draw $(PROGRAM) --kind $$kind --format $$format -o output/backward_and_step/$$kind.$$format || exit 1; \
	  done; \
	done
	@$(BACKSTEP) frames $(PROGRAM) -o output/backward_and_step/film.pdf
	@$(BACKSTEP) record $(PROGRAM) -o output/backward_and_step/program.jsonl

test: setup lint ## formatting check and all tests
	@echo "== tests"
	@swift test $(TESTED)

build: ## the command, optimised
	@echo "== building"
	@if [ -n "$(LINUX)" ]; then mkdir -p $(LINK); \
	  found=$$(gcc -print-file-name=libstdc++.a 2>/dev/null); \
	  if [ -f "$$found" ]; then ln -sf "$$found" $(LINK)/libstdc++.a; fi; fi
	@swift build -c release $(FAST) --product backstep

setup: ## install what is missing
	@echo "== setup"
	@Scripts/setup.sh

lint: ## check the formatting
	@echo "== formatting"
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

format: ## format everything
	@swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

gallery: build ## redraw the pictures that the README shows
	@BACKSTEP_RECORD=1 swift test --filter GalleryTests

bench: build ## measure speed against PyTorch, torchviz and dot where they are installed
	@swift run -c release $(STATIC) --package-path Benchmarks benchmarks

clean: ## forget what was built
	@rm -rf .build Benchmarks/.build
