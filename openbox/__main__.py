"""Open your own model and see whether to trust it: what was captured, and W x + b against f(x).

    python -m openbox --model package.module:factory --weights file.safetensors --shape 3,224,224

The module is imported, which runs its code: name only what you trust.
"""

import sys

from openbox.command import run_guarded


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""

    def work() -> int:
        from openbox.zoo.own.options import make_parser

        options = make_parser(__doc__).parse_args(arguments)
        from openbox.zoo.own.command import run

        return run(options)

    return run_guarded(work)


if __name__ == "__main__":
    sys.exit(main())
