"""How every benchmark is conducted: checked before it is timed, in turn; out comes a CSV."""
