# Each target does all of its own set-up. `make help` lists them.
PORT ?= 8000
HOST ?= 127.0.0.1
python := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help demo reset-demo test check bench clean

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo:  ## 一条命令运行演示城市 | run everything here: make demo [PORT=8001] [HOST=0.0.0.0]
	@scripts/setup run
	@exec $(python) -m cadre_portal.demo --host $(HOST) --port $(PORT)

reset-demo:  ## 删除演示数据，下次重新开始 | throw the demo's data away
	@scripts/setup run
	@exec $(python) -m cadre_portal.demo --reset

test:  ## 全部测试 | every test: unit, database, Celery, browser: make test [ARGS="-k name"]
	@scripts/setup test
# Three for two cores: tests of whole processes mostly wait for them.
	@exec $(python) -m pytest -n 3 --dist loadgroup $(ARGS)

check:  ## 快速检查 | the fast part: lint, types, layers, migrations, fast tests
	@scripts/setup test
	@scripts/static-checks
	@exec $(python) -m pytest -n 2 -m "not browser and not processes" -q $(ARGS)

bench:  ## 性能测量 | measure, see docs/benchmarks.md
	@scripts/setup test
	@exec $(python) -m benchmarks $(ARGS)

clean:  ## 删除环境与缓存，保留演示数据 | remove the environment and caches, keep the demo's data
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache var/static var/test
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
