"""The harness: what the library is measured against, and how; ``python -m evaluation --help``."""
