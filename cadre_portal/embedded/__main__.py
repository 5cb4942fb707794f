"""``python -m cadre_portal.embedded``: start, stop or look at the embedded servers by hand."""

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

from cadre_portal import embedded
from cadre_portal.embedded.secret_files import write_keyring


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cadre_portal.embedded", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--print-env", action="store_true", help="start, then print lines for a shell's eval")
    what.add_argument("--stop", action="store_true")
    what.add_argument("--status", action="store_true")
    what.add_argument(
        "--new-keyring", type=Path, metavar="FILE", help="only write a new key file, for production"
    )
    what.add_argument(
        "--temporary",
        nargs=argparse.REMAINDER,
        metavar="COMMAND",
        help="run a command with empty servers that are thrown away after it",
    )
    parser.add_argument("--home", type=Path, default=embedded.DEFAULT_HOME)
    options = parser.parse_args(argv)
    try:
        return _run(options)
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    if options.new_keyring:
        try:
            write_keyring(options.new_keyring)
        except FileExistsError:
            print(f"{options.new_keyring} 已存在，不会覆盖 (exists, not overwritten)", file=sys.stderr)
            return 1
    elif options.temporary:
        servers = embedded.start_for_tests()
        try:
            environment = {**os.environ, **servers.environment}
            return subprocess.run(options.temporary, env=environment, check=False).returncode
        finally:
            servers.stop()
    elif options.stop:
        print("已停止 (stopped)" if embedded.stop(options.home) else "没有在运行 (not running)")
    elif options.status:
        for name, port in embedded.status(options.home).items():
            print(f"{name}: {f'127.0.0.1:{port}' if port else '—'}")
    else:
        environment = embedded.start(options.home)
        if options.print_env:
            for name, value in environment.items():
                print(f"export {name}={shlex.quote(value)}")
        else:
            print("PostgreSQL 与 Redis 已启动；停止：python -m cadre_portal.embedded --stop")
    return 0


if __name__ == "__main__":
    sys.exit(main())
