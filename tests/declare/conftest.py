"""The switch that rewrites what the corpus expects: `pytest tests/declare --update-corpus`."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-corpus", action="store_true", help="rewrite tests/declare/corpus/*/*.txt"
    )
