# AI SRE. `make` alone prints this list.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Node 24 comes with the dependencies; the machine's own (20 or newer) only has to run npm.
NODE := node_modules/.bin/node
NPM := npm --no-fund --no-audit
STAMP := node_modules/.installed

CASES ?= 5000
SEED ?= 1

# Those of the image: reading TypeScript leaves much in V8's young generation, which is else kept.
V8FLAGS := --max-old-space-size=96 --max-semi-space-size=4 --disable-proto=throw

.PHONY: help init start build run logs shell image-test test test-mcp fuzz fuzz-parser demo check fmt policy chart docs policy-engines sandbox kill-proof reload-chaos bench bench-limits tools cluster test-chart-cluster test-n8n n8n-picture test-all policy-mutate

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

init: $(STAMP) ## Install what is pinned: npm packages, kubectl, helm
	@$(NODE) scripts/install-tools.ts

$(STAMP): package-lock.json
	@command -v npm >/dev/null || { echo "make: npm is missing: install Node 20 or newer" >&2; exit 1; }
	@test ! -L node_modules || { echo "make: node_modules is a link, and npm ci would empty what it points to" >&2; exit 1; }
	$(NPM) ci --ignore-scripts --loglevel=error
	@touch $@

start: init sandbox ## Serve against the cluster of $KUBECONFIG
	@test -n "$(KUBECONFIG)" || { echo "make start: set KUBECONFIG to your cluster's, or run 'make demo'" >&2; exit 2; }
	@exec $(NODE) $(V8FLAGS) src/main.ts serve

demo: init sandbox ## Play one incident on a simulated cluster, then keep serving (ONCE=1 ends it)
	@ONCE=$(ONCE) $(NODE) demo/demo.ts

test: init sandbox ## Run every test
	@$(NPM) run --silent test -- $(TESTFLAGS)

build: init ## Build the image with docker, podman or nerdctl, and say how large it is; ARCH=arm64 builds that one
	@$(NODE) image/build.ts

run: init ## Run the image on loopback, with $KUBECONFIG when it is set; makes a key when none is
	@$(NODE) image/run.ts run

logs: init ## Show what the running container says (FOLLOW=0 ends at the last line)
	@$(NODE) image/run.ts logs

shell: init ## Open a shell in a debug image; the image itself has none
	@$(NODE) image/run.ts shell

image-test: init sandbox ## Build the image and test it as a restricted pod runs it; ARCH=arm64 looks into that one
	@$(NODE) image/test.ts

test-mcp: init sandbox ## Run the MCP interoperability and conformance tests; with URL, ask every endpoint of the server there
	@AISRE_TEST_URL=$(URL) $(NPM) run --silent test -- $(if $(URL),test/interop/running.test.ts,test/interop test/conformance) $(TESTFLAGS)

fuzz-parser: init ## Throw made-up calls at the parser and the judge for SECONDS=120
	@AISRE_FUZZ_SECONDS=$(or $(SECONDS),120) $(NPM) run --silent test -- test/fuzz $(TESTFLAGS)

fuzz: init ## Hold CASES generated commands (5000) against the real binaries; SEED repeats or varies a run
	@AISRE_FUZZ_CASES=$(CASES) AISRE_FUZZ_SEED=$(SEED) $(NPM) run --silent test -- test/differential $(TESTFLAGS)

check: init ## Formatting, lint, types, dead code, policy, generated files, sandbox, workflows
	@$(NPM) run --silent fmt:check
	@$(NPM) run --silent lint
	@$(NPM) run --silent typecheck
	@$(NPM) run --silent dead
	@$(NODE) scripts/policy-schemas.ts --check
	@$(NODE) scripts/policy-build.ts --check
	@$(NODE) scripts/policy-docs.ts --check
	@$(NODE) scripts/policy-mutate.ts --sample 50
	@$(NODE) scripts/result-schema.ts --check
	@$(NODE) scripts/chart-files.ts --check
	@$(NODE) scripts/configuration-docs.ts --check
	@$(NODE) scripts/check-sandbox.ts
	@$(NODE) scripts/check-workflows.ts

fmt: init ## Format the code
	@$(NPM) run --silent fmt

policy: init ## Rebuild policies/build from the Rego (needs Go once)
	@$(NODE) scripts/policy-schemas.ts
	@$(NODE) scripts/policy-build.ts
	@$(NODE) scripts/policy-docs.ts

chart: init ## Write what the chart holds of other rooms: its schema, its Roles' rules, the monitoring files
	@$(NODE) scripts/chart-files.ts

docs: init ## Write what the pages hold of the schemas: docs/configuration.md, docs/result.schema.json
	@$(NODE) scripts/configuration-docs.ts
	@$(NODE) scripts/result-schema.ts

policy-mutate: init ## Take each rule and condition of the Rego away in turn: a test must notice (needs Go once)
	@$(NODE) scripts/policy-mutate.ts $(MUTATEFLAGS)

policy-engines: init ## Ask OPA's own engine and the WASM the same 10 000 generated inputs (needs Go once); SEED varies them
	@AISRE_ENGINE_INPUTS=$(or $(INPUTS),10000) AISRE_ENGINE_SEED=$(SEED) $(NPM) run --silent test -- test/policy/engines.test.ts $(TESTFLAGS)

sandbox: init ## Build the OS sandbox's helper (needs cargo once)
	@$(NODE) scripts/install-sandbox.ts

bench: init sandbox ## Measure, in ratios of one run: a call, the sandbox, the broker, redaction, cached reads, approval, the audit, the policy desk
	@$(NODE) bench/call-overhead.ts
	@$(NODE) bench/sandbox.ts
	@$(NODE) bench/broker.ts
	@$(NODE) bench/redaction.ts
	@$(NODE) bench/approval.ts
	@$(NODE) bench/audit.ts
	@$(NODE) bench/policy-desk.ts

bench-limits: init sandbox ## Call the image 300 times as n8n does, under the pod's limits of 256 MB and 0.2 CPU
	@$(NODE) bench/limits.ts $(BENCHFLAGS)

kill-proof: init sandbox ## End two hundred random trees of processes in every way, and look for what is left
	@AISRE_KILL_TREES=200 $(NPM) run --silent test -- test/sandbox/kill-proof.test.ts

reload-chaos: init ## Change the policy five hundred times, well and badly, while calls run
	@AISRE_RELOAD_WRITES=$(or $(WRITES),500) $(NPM) run --silent test -- test/compose/reload-chaos.test.ts $(TESTFLAGS)

tools: init ## Get the other real programs: flux and its kinds, yq, gh, gawk, Prometheus, Alertmanager (flux, gh and yq need Go, once)
	@$(NODE) scripts/install-test-tools.ts
	@$(NODE) scripts/install-cluster.ts --cached
	@$(NODE) scripts/install-flux-crds.ts

cluster: init ## Build a real Kubernetes API server and etcd for the tests (needs Go, ten minutes, once)
	@$(NODE) scripts/install-cluster.ts

test-chart-cluster: cluster ## Install the chart into a real Kubernetes API server, and hold its Roles to what policy allows
	@$(NPM) run --silent test -- test/chart $(TESTFLAGS)

test-n8n: init sandbox tools ## Run the workflow templates in a real n8n against AI SRE (installs n8n once: 3 GB, some minutes)
	@$(NODE) scripts/install-n8n.ts
	@AISRE_TEST_N8N=1 $(NPM) run --silent test -- test/n8n $(TESTFLAGS)

n8n-picture: init ## Draw the pictures of docs/n8n.md again (needs test-n8n's n8n and chromium-headless-shell)
	@$(NODE) scripts/n8n-picture.ts

test-all: cluster tools check test ## Everything, the long ones too
	@$(MAKE) --no-print-directory fuzz-parser
	@$(MAKE) --no-print-directory policy-mutate
	@$(MAKE) --no-print-directory fuzz
	@$(MAKE) --no-print-directory demo ONCE=1
	@$(MAKE) --no-print-directory kill-proof
	@$(MAKE) --no-print-directory reload-chaos
	@$(MAKE) --no-print-directory policy-engines
	@$(MAKE) --no-print-directory test-n8n
	@$(MAKE) --no-print-directory image-test
	@$(MAKE) --no-print-directory bench-limits
	@$(MAKE) --no-print-directory bench
