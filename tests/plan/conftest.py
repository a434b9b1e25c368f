"""The switch that rewrites the expected plans: `pytest tests/plan --update-cases`."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-cases", action="store_true", help="rewrite tests/cases/*/plan.*")
